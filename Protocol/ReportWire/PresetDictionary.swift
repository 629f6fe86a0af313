/// The preset dictionary of deflated batches: a constant of the protocol version, the same on every machine for ever.
///
/// It holds what the code dictionary of a batch most often begins with: a form, the empty row, and the form's items in
/// canonical order, each with its length byte, so that a whole form is one match. The commonest form comes last, where
/// matches are shortest. Other schemes work as well; they only gain less.
package enum PresetDictionary {
    package static let bytes: [UInt8] = Self.forms.flatMap { form, items in
        Self.encoded(form) + [0] + items.split(whereSeparator: \.isWhitespace).flatMap { Self.encoded($0) }
    }

    private static func encoded(_ code: some StringProtocol) -> [UInt8] {
        [UInt8(code.utf8.count)] + Array(code.utf8)
    }

    private static let forms: [(form: String, items: String)] = [
        ("_devices", "name"),
        (
            "reporting_rules",
            """
            funds_due_day_first funds_due_day_second half_month_due_day_first half_month_due_day_second quiet_days
            """
        ),
        (
            "zones",
            """
            city_parks cluster_parks_plan former_city_zones provincial_zones
            """
        ),
        (
            "investment",
            """
            factory_and_utilities industrial industrial_plan infrastructure_and_other infrastructure_and_other_plan
            roads_continued total total_expected total_plan
            """
        ),
        (
            "output",
            """
            operating_revenue operating_revenue_target profit_tax profit_tax_target revenue
            """
        ),
        (
            "enterprises",
            """
            building_enterprises built_enterprises entering_enterprises_target intended_enterprises
            lifting_enterprises new_enterprises planned_investment resident_enterprises resident_enterprises_target
            trading_households workers workers_target
            """
        ),
        (
            "land",
            """
            arable_gain_target balance_projects_target built_up_area built_up_area_increase_target
            built_up_area_target development_space new_reserve_land new_reserve_land_target planned_area
            planned_area_plan quota quota_allocated radiating_area reserve_land reserve_land_target
            swapped_quota_target
            """
        ),
        (
            "investment_promotion",
            """
            exports exports_target foreign_funds foreign_funds_target liaison_stations outside_funds
            outside_funds_target recruited_enterprises recruited_enterprises_target recruited_investment
            recruited_investment_target
            """
        ),
        (
            "projects_summary",
            """
            auto_parts_projects county_projects_plan industrial_investment industrial_investment_plan
            industrial_projects industrial_projects_plan major_investment major_investment_plan major_projects
            major_projects_plan major_starts_target major_total_investment major_total_investment_plan
            negotiating_projects new_major_projects_plan new_projects new_projects_investment
            new_ten_million_projects_plan signed_investment signed_major_investment signed_major_projects
            signed_projects started_investment started_major_investment started_major_projects started_projects
            """
        ),
        (
            "infrastructure",
            """
            finished_factory_area finished_factory_investment investment investment_floor_target investment_plan
            investment_since_start power_grid power_grid_plan road_count road_count_building road_count_plan
            road_investment road_investment_plan roads roads_plan sewage_pipe sewage_pipe_plan standard_factory
            standard_factory_plan water_pipe water_pipe_plan worker_housing worker_housing_plan
            """
        ),
    ]
}
