/// The preset dictionary of deflated batches: a constant of the protocol version, the same on every machine for ever.
///
/// It holds what the string column of a batch most often begins with: codes of reporting items with their length bytes,
/// the commonest last, where references to them are shortest. Other schemes work as well; they only gain less.
package enum PresetDictionary {
    package static let bytes: [UInt8] = Self.codes.flatMap { code in
        [UInt8(code.utf8.count)] + Array(code.utf8)
    }

    private static let codes = [
        "_devices", "name", "balance_projects", "arable_gained", "swapped_quota", "reserve_land", "radiating_area",
        "development_space", "built_up_area", "planned_area", "planned_area_plan", "quota", "quota_allocated",
        "negotiating_projects", "signed_projects", "signed_investment", "signed_major_projects",
        "signed_major_investment", "started_projects", "started_investment", "started_major_projects",
        "started_major_investment", "foreign_funds", "foreign_funds_target", "outside_funds", "outside_funds_target",
        "exports", "exports_target", "new_enterprises", "enterprises_present", "enterprises_planned", "workers",
        "workers_target", "value_added", "main_revenue", "tax", "profit", "revenue", "revenue_target", "profit_tax",
        "profit_tax_target", "total_investment", "total_investment_plan", "major_total_investment",
        "major_total_investment_plan", "major_projects", "major_projects_plan", "major_investment",
        "major_investment_plan", "industrial_projects", "industrial_projects_plan", "industrial_investment",
        "industrial_investment_plan", "investment_promotion", "projects_summary", "enterprises", "output", "land",
        "worker_housing_plan", "standard_factory_plan", "power_grid_plan", "sewage_pipe_plan", "water_pipe_plan",
        "roads_plan", "investment_plan", "worker_housing", "standard_factory", "power_grid", "sewage_pipe",
        "water_pipe", "roads", "investment", "infrastructure",
    ]
}
