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
        let authority: Authority
        do {
            authority = try Authority.load(in: directory)
        } catch let error as KeyFileError {
            throw AuthorityUnusable(error: error)
        }
        guard authority.publicKey == known else { throw AuthorityMismatch.other }
        return authority
    }
}

/// The province's key cannot be used: what a device would be told to do about its own does not help here.
struct AuthorityUnusable: ExplainedError {
    let error: KeyFileError

    var code: String { self.error.code }
    var explanation: Bilingual { self.error.explanation }

    var advice: Bilingual {
        switch self.error {
        case .notFound, .notKey:
            Bilingual(
                "请从另存的副本放回省级密钥；没有它不能登记、撤销或接受同步，只能新建省级、各设备重新登记。",
                "Put the province's key back from the copy kept elsewhere; without it nobody can be enrolled, revoked or served, and the province has to be begun anew."
            )
        case .openToOthers(let path):
            Bilingual(
                "如果别人可能看过它，就要新建省级、各设备重新登记；否则运行 chmod 600 \(path)。",
                "If anybody may have read it, the province has to be begun anew and every device enrolled again; otherwise run chmod 600 \(path)."
            )
        case .alreadyExists, .notRegular, .otherOwner, .unreadable, .unwritable: self.error.advice
        }
    }
}
