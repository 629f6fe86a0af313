import ReportModel

/// The two kinds of store. Each has its own SQLite `application_id`, so that neither is taken for the other, nor a
/// foreign database for either.
package enum StoreKind: Int32, Sendable, CaseIterable {
    /// "HLcl"
    case client = 0x484C_636C
    /// "HLsv"
    case server = 0x484C_7376

    package var name: String {
        switch self {
        case .client: "client"
        case .server: "server"
        }
    }

    /// The database file within the store's directory.
    package var fileName: String { "\(self.name).sqlite" }

    /// The private key beside it: the device's, or the authority's.
    package var keyFileName: String {
        switch self {
        case .client: "device.key"
        case .server: "authority.key"
        }
    }

    /// The list of revoked devices in the province's directory.
    package static let revokedFileName = "revoked"

    /// Whether a file of this name may be part of a store, or what SQLite keeps beside it.
    static func isPartOfStore(_ name: String) -> Bool {
        name == self.revokedFileName
            || self.allCases.contains { name.hasPrefix($0.fileName) || name.hasPrefix($0.keyFileName) }
    }
}

/// Why a store cannot be opened or written. The file is left as it was.
package enum StoreError: ExplainedError, Equatable {
    case notFound(directory: String)
    /// There is a store, but one of this kind.
    case otherKind(directory: String, StoreKind)
    case alreadyExists(directory: String)
    case foreign(path: String)
    case newer(path: String, version: Int32)
    case damaged(path: String, detail: String)
    case unwritable(path: String, detail: String)
    case full(path: String)
    case busy(path: String)
    case notDirectory(path: String)
    case readOnlyDisk(path: String)
    case noPermission(path: String)

    package var code: String {
        switch self {
        case .notFound: "store_not_found"
        case .otherKind: "store_of_other_kind"
        case .alreadyExists: "store_exists"
        case .foreign: "store_foreign"
        case .newer: "store_newer"
        case .damaged: "store_damaged"
        case .unwritable: "store_unwritable"
        case .full: "disk_full"
        case .busy: "store_busy"
        case .notDirectory: "store_not_directory"
        case .readOnlyDisk: "store_read_only"
        case .noPermission: "store_no_permission"
        }
    }

    package var explanation: Bilingual {
        switch self {
        case .notFound(let directory):
            Bilingual("目录 \(directory) 中没有汇流数据库。", "There is no Huiliu store in \(directory).")
        case .otherKind(let directory, .client):
            Bilingual("目录 \(directory) 中是县区的数据库，不是省级的。", "\(directory) holds an office's store, not the province's.")
        case .otherKind(let directory, .server):
            Bilingual("目录 \(directory) 中是省级的数据库，不是县区的。", "\(directory) holds the province's store, not an office's.")
        case .alreadyExists(let directory):
            Bilingual(
                "目录 \(directory) 中已有汇流数据库，未作改动。",
                "There is a Huiliu store in \(directory) already; it was left unchanged."
            )
        case .foreign(let path):
            Bilingual("文件 \(path) 不是汇流的这种数据库，未作改动。", "\(path) is no Huiliu store of this kind; it was left unchanged.")
        case .newer(let path, let version):
            Bilingual(
                "数据库 \(path) 由更新的程序写成（格式 \(version)），未作改动。",
                "\(path) was written by a newer program (format \(version)); it was left unchanged."
            )
        case .damaged(let path, let detail):
            Bilingual("数据库 \(path) 已损坏（\(detail)）。", "\(path) is damaged (\(detail)).")
        case .unwritable(let path, let detail):
            Bilingual("无法写入数据库 \(path)（\(detail)）。", "\(path) cannot be written (\(detail)).")
        case .full(let path):
            Bilingual(
                "磁盘已满，数据库 \(path) 未写入，原有数据完好。",
                "The disk is full: nothing was written to \(path), and nothing was lost."
            )
        case .busy(let path):
            Bilingual("数据库 \(path) 正被另一程序长时间占用。", "\(path) is held by another program for too long.")
        case .notDirectory(let path):
            Bilingual("\(path) 是文件，不是目录，未作改动。", "\(path) is a file, not a directory; it was left unchanged.")
        case .readOnlyDisk(let path):
            Bilingual(
                "数据库 \(path) 所在的磁盘是只读的，未作改动。",
                "\(path) is on a disk that cannot be written; nothing was changed."
            )
        case .noPermission(let path):
            Bilingual(
                "当前用户无权读写数据库 \(path)，未作改动。",
                "This user may not read and write \(path); it was left unchanged."
            )
        }
    }

    package var advice: Bilingual {
        switch self {
        case .notFound:
            Bilingual("请先运行 init，或用 --store 指定目录。", "Run init first, or name the directory with --store.")
        case .otherKind:
            Bilingual(
                "县区的数据库用 huiliu-client，省级的用 huiliu-server；或用 --store 指定另一目录。",
                "An office's store is for huiliu-client, the province's for huiliu-server; or name another directory with --store."
            )
        case .alreadyExists:
            Bilingual("请换一个目录，或直接使用已有数据库。", "Use another directory, or the store that is there.")
        case .foreign:
            Bilingual(
                "请用 --store 指定正确的目录；如果这里本来就是，请运行 rebuild。",
                "Name the right directory with --store; if it is the right one, run rebuild."
            )
        case .newer:
            Bilingual("请升级本程序。", "Update this program.")
        case .damaged:
            Bilingual(
                "请运行 rebuild：它不改动该文件，另建新库，救回仍可读的更改；随后 sync 取回省级已有的。",
                "Run rebuild: it leaves this file as it is and makes a new store of what can still be read; sync then brings back what the province holds."
            )
        case .unwritable:
            Bilingual("请检查目录和文件的权限。", "Check the permissions of the directory and the file.")
        case .full:
            Bilingual("请腾出空间后重试。", "Make room and try again.")
        case .busy:
            Bilingual(
                "请关闭正在使用它的程序，或稍后重试。",
                "Close the programs that use it, or try again in a moment."
            )
        case .notDirectory:
            Bilingual("请用 --store 指定目录。", "Name a directory with --store.")
        case .readOnlyDisk:
            Bilingual(
                "请用 --store 指定可写磁盘上的目录；已有的数据库，先把整个目录复制过去。",
                "Name a directory on a disk that can be written with --store; a store that is here already, copy there with its whole directory."
            )
        case .noPermission:
            Bilingual(
                "请用它的所有者运行，或修改目录和文件的权限。",
                "Run this as its owner, or change the permissions of the directory and its files."
            )
        }
    }
}
