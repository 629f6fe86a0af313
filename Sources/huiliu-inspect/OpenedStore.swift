import Foundation
import ReportCommand
import ReportModel
import ReportScheme
import ReportStorage

/// A store of either kind, opened for reading.
struct OpenedStore {
    let database: ReportDatabase
    let scheme: Scheme?
    let fingerprint: ChainHash
    /// Whether the scheme is the one that was stored: any that is stored can be read, and the province notes its fingerprint.
    let isSchemeWhole: Bool

    /// - Throws: `CommandFailure` when there is no store in `directory`, or one of each kind.
    init(in directory: String) throws {
        self.database = try ReportDatabase(kind: Self.kind(in: directory), directory: directory, access: .inspect)
        let (source, mark) = try self.database.read { reader in
            (
                SchemeSource(try reader.schemeFiles().map { SchemeSource.File(name: $0.name, text: $0.text) }),
                try reader.setting(StoreReader.schemeMark)
            )
        }
        self.fingerprint = source.fingerprint
        // A scheme that this program cannot read is no reason not to look at the log.
        self.scheme = try? Scheme.parse(source)
        self.isSchemeWhole = self.scheme != nil && (mark == nil || mark == source.fingerprint.description)
    }

    /// The kind of the store that is there.
    static func kind(in directory: String) throws -> StoreKind {
        let kinds = StoreKind.allCases.filter {
            FileManager.default.fileExists(atPath: directory + "/" + $0.fileName)
        }
        guard let kind = kinds.first else {
            let error = StoreError.absent(from: directory, path: directory + "/" + StoreKind.client.fileName)
            guard case .notFound = error else { throw error }
            throw CommandFailure(Exit.usage, error)
        }
        guard kinds.count == 1 else {
            throw CommandFailure(
                Exit.usage,
                UsageError(
                    Bilingual("目录 \(directory) 中既有客户端又有服务器数据库。", "\(directory) holds a client's and a server's store."),
                    advice: Bilingual("请把两者放在不同目录。", "Keep them in two directories.")
                )
            )
        }
        return kind
    }

    var schemeText: String {
        self.scheme?.identification ?? Hexadecimal.text(self.fingerprint.high, digitCount: 16)
    }
}
