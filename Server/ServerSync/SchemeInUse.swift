import Logging
import ReportModel
import ReportScheme
import ReportStorage
import ReportWire
import ServerStore
import Synchronization

/// The scheme by which connections are served. Another process may give the store a new one at any time; connections
/// that begin afterwards have it.
final class SchemeInUse: Sendable {
    /// A scheme as it is served.
    struct Loaded: Sendable {
        let scheme: Scheme
        /// Deflated once; all connections send the same pieces.
        let parts: [SchemePart]
        let mark: String?

        init(_ store: ServerStore) throws {
            let (mark, source) = try store.markedSchemeSource()
            // An altered figure of a check would travel to every office.
            guard mark == nil || mark == source.fingerprint.description else {
                throw StoreError.damaged(path: store.database.path, detail: "scheme ≠ \(mark ?? "")")
            }
            self.scheme = try Scheme.parse(source)
            self.parts = SchemePart.parts(of: source.encoded)
            self.mark = mark
        }
    }

    private let store: ServerStore
    private let logger: Logger
    private let loaded: Mutex<Loaded>
    /// The mark of the last scheme that could not be read, so that it is told once and not at every connection.
    private let refusedMark = Mutex<String?>(nil)

    init(_ store: ServerStore, logger: Logger) throws {
        self.store = store
        self.logger = logger
        self.loaded = Mutex(try Loaded(store))
    }

    /// The store's scheme now; while that cannot be read, the one known before: offices go on. Blocks: reads from the disk.
    func current() throws -> Loaded {
        let mark = try self.store.schemeMark()
        let known = self.loaded.withLock { $0 }
        guard known.mark != mark else { return known }
        let loaded: Loaded
        do {
            loaded = try Loaded(self.store)
        } catch let error where error is SchemeMistakes || error is StoreError {
            let isTold = self.refusedMark.withLock { refused in
                defer { refused = mark }
                return refused == mark
            }
            if !isTold {
                self.logger.error("the store's scheme cannot be read", metadata: ["error": "\(error)"])
            }
            return known
        }
        self.loaded.withLock { $0 = loaded }
        self.logger.info("scheme replaced", metadata: ["scheme": "\(loaded.scheme.identification)"])
        return loaded
    }
}
