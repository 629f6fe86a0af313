import ReportCommand
import ReportModel
import ReportScheme
import ReportStorage
import ServerIdentity
import ServerStore

/// The province's store, with its scheme read.
struct OpenedServer {
    let store: ServerStore
    let source: SchemeSource
    let scheme: Scheme
    private let directory: String

    init(_ common: CommonOptions, access: ReportDatabase.Access) throws {
        self.directory = common.storeDirectory
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

    /// The province's key; `nil` as long as nobody is enrolled.
    ///
    /// - Throws: `KeyFileError`, and `AuthorityMismatch`.
    func authority() throws -> Authority? {
        try Self.authority(of: self.store, in: self.directory)
    }

    static func authority(of store: ServerStore, in directory: String) throws -> Authority? {
        guard let known = try store.authority() else { return nil }
        let authority = try Authority.load(in: directory)
        guard authority.publicKey == known else { throw AuthorityMismatch.other }
        return authority
    }
}
