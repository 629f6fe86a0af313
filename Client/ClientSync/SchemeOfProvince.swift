import ClientStore
import Logging
import ReportModel
import ReportScheme

extension ClientStore {
    /// Works by the province's scheme from now on. One that does not parse is the province's mistake; the one in use stays,
    /// and nothing else is lost.
    ///
    /// - Returns: Whether it is in use.
    @discardableResult
    func adoptScheme(encoded bytes: [UInt8], logger: Logger) throws -> Bool {
        do {
            let source = try SchemeSource(encoded: bytes)
            _ = try Scheme.parse(source)
            try self.replaceScheme(with: source)
            return true
        } catch let error as SchemeMistakes {
            logger.warning("the province's scheme is kept out", metadata: ["error": "\(error)"])
        } catch let error as MalformedBytes {
            logger.warning("the province's scheme is kept out", metadata: ["error": "\(error)"])
        }
        return false
    }
}
