import ReportModel
import ReportScheme

/// The address of a cell as a person types it.
package enum TypedAddress {
    /// Its parts may stand by names instead of codes, as on paper: 长垣县产业集聚区/土地与规划/2024/规划面积.
    ///
    /// - Throws: a usage failure for what is no address; `SchemeRefusal` for names that the scheme does not have.
    package static func read(_ text: String, scheme: Scheme?) throws -> CellAddress {
        do {
            return try CellAddress(text)
        } catch {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard let scheme, parts.count == 4, Period(parts[2].trimmingBlanks) != nil else {
                throw CommandFailure(Exit.usage, error)
            }
            return try scheme.cell(unit: parts[0], form: parts[1], period: parts[2], item: parts[3]).address
        }
    }
}
