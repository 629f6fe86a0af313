import ReportScheme

/// The scheme that the programs carry within themselves: Henan's industrial zones, from `henan-zones/`.
package enum BundledScheme {
    /// The very bytes of the YAML files at the time of building.
    package static var source: SchemeSource {
        SchemeSource(
            self.files.map { name, bytes in
                SchemeSource.File(name: name, text: String(decoding: bytes, as: UTF8.self))
            }
        )
    }

    /// One line a file of `henan-zones/`; a test compares the list with the folder.
    private static let files: [(name: String, bytes: [UInt8])] = [
        ("boundary.yaml", PackageResources.boundary_yaml),
        ("checks_clusters.yaml", PackageResources.checks_clusters_yaml),
        ("checks_enterprises.yaml", PackageResources.checks_enterprises_yaml),
        ("checks_general.yaml", PackageResources.checks_general_yaml),
        ("checks_growth.yaml", PackageResources.checks_growth_yaml),
        ("checks_infrastructure.yaml", PackageResources.checks_infrastructure_yaml),
        ("checks_investment.yaml", PackageResources.checks_investment_yaml),
        ("checks_land.yaml", PackageResources.checks_land_yaml),
        ("checks_milestones.yaml", PackageResources.checks_milestones_yaml),
        ("checks_output.yaml", PackageResources.checks_output_yaml),
        ("checks_plans.yaml", PackageResources.checks_plans_yaml),
        ("checks_projects.yaml", PackageResources.checks_projects_yaml),
        ("checks_provincial.yaml", PackageResources.checks_provincial_yaml),
        ("checks_zones.yaml", PackageResources.checks_zones_yaml),
        ("city_review.yaml", PackageResources.city_review_yaml),
        ("clusters.yaml", PackageResources.clusters_yaml),
        ("county_town.yaml", PackageResources.county_town_yaml),
        ("employment.yaml", PackageResources.employment_yaml),
        ("enterprises.yaml", PackageResources.enterprises_yaml),
        ("funds_won.yaml", PackageResources.funds_won_yaml),
        ("governance.yaml", PackageResources.governance_yaml),
        ("growth.yaml", PackageResources.growth_yaml),
        ("half_month_progress.yaml", PackageResources.half_month_progress_yaml),
        ("infrastructure.yaml", PackageResources.infrastructure_yaml),
        ("investment.yaml", PackageResources.investment_yaml),
        ("investment_promotion.yaml", PackageResources.investment_promotion_yaml),
        ("land.yaml", PackageResources.land_yaml),
        ("measures.yaml", PackageResources.measures_yaml),
        ("milestones.yaml", PackageResources.milestones_yaml),
        ("named_projects.yaml", PackageResources.named_projects_yaml),
        ("narrative.yaml", PackageResources.narrative_yaml),
        ("output.yaml", PackageResources.output_yaml),
        ("plan_documents.yaml", PackageResources.plan_documents_yaml),
        ("platforms.yaml", PackageResources.platforms_yaml),
        ("projects_summary.yaml", PackageResources.projects_summary_yaml),
        ("provincial_plan.yaml", PackageResources.provincial_plan_yaml),
        ("reporting_rules.yaml", PackageResources.reporting_rules_yaml),
        ("scheme.yaml", PackageResources.scheme_yaml),
        ("target_letter.yaml", PackageResources.target_letter_yaml),
        ("task_table.yaml", PackageResources.task_table_yaml),
        ("units.yaml", PackageResources.units_yaml),
        ("villages_housing.yaml", PackageResources.villages_housing_yaml),
        ("zone_record.yaml", PackageResources.zone_record_yaml),
        ("zones.yaml", PackageResources.zones_yaml),
    ]
}
