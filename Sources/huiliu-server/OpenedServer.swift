import ReportCommand
import ReportScheme
import ReportStorage
import ServerStore

/// The province's store, with its scheme read.
struct OpenedServer {
    let store: ServerStore
    let source: SchemeSource
    let scheme: Scheme

    init(_ common: CommonOptions, access: ReportDatabase.Access) throws {
        self.store = try Self.store(common, access: access)
        self.source = try self.store.schemeSource()
        self.scheme = try Scheme.parse(self.source)
    }

    /// The store alone, whatever its scheme is like.
    static func store(_ common: CommonOptions, access: ReportDatabase.Access) throws -> ServerStore {
        do {
            return try ServerStore(in: common.storeDirectory, access: access)
        } catch let error as StoreError {
            guard case .notFound = error else { throw error }
            throw CommandFailure(Exit.usage, error)
        }
    }
}
