import Crypto
import Foundation
import ReportModel

/// A file with a private key on P-256 (PKCS#8 in PEM, RFC 7468), which its owner alone can read.
package enum KeyFile {
    /// The longest file that is read: 4 KiB. A key has about 240 bytes.
    private static let byteCountMax = 4 * 1024

    /// Writes a key to a new file.
    ///
    /// - Throws: `KeyFileError`. What was there already is left as it is; of what could not be written whole nothing is left.
    package static func create(_ key: P256.Signing.PrivateKey, at path: String) throws(KeyFileError) {
        CoreDump.withholdMemory()
        do {
            try SecretFile.create(key.pemRepresentation + "\n", at: path)
        } catch {
            switch error {
            case .exists: throw .alreadyExists(path: path)
            case .unwritable(let detail): throw .unwritable(path: path, detail: detail)
            }
        }
    }

    /// Reads the key of a file.
    ///
    /// - Throws: `KeyFileError` where there is none, where it is no key, or where others might have read or replaced it.
    package static func read(_ path: String) throws(KeyFileError) -> P256.Signing.PrivateKey {
        CoreDump.withholdMemory()
        // Not to wait for the other end of a pipe.
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            switch errno {
            case ENOENT, ENOTDIR: throw .notFound(path: path)
            case ELOOP: throw .notRegular(path: path)
            default: throw .unreadable(path: path, detail: Self.systemWords)
            }
        }
        defer { close(descriptor) }
        // Of the file that is open, not of whatever has its name by now.
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable(path: path, detail: Self.systemWords) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular(path: path) }
        guard status.st_uid == geteuid() else { throw .otherOwner(path: path) }
        guard status.st_mode & 0o077 == 0 else { throw .openToOthers(path: path) }
        guard status.st_size <= Self.byteCountMax else { throw .notKey(path: path) }
        let bytes = try Self.contents(descriptor, path)
        guard let text = String(validating: bytes, as: UTF8.self),
            let key = try? P256.Signing.PrivateKey(pemRepresentation: text)
        else { throw .notKey(path: path) }
        return key
    }

    private static func contents(_ descriptor: Int32, _ path: String) throws(KeyFileError) -> [UInt8] {
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: Self.byteCountMax)
        while bytes.count <= Self.byteCountMax {
            let count = part.withUnsafeMutableBytes { Foundation.read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { return bytes }
            if count > 0 {
                bytes += part[..<count]
            } else if errno != EINTR {
                throw .unreadable(path: path, detail: Self.systemWords)
            }
        }
        throw .notKey(path: path)
    }

    /// What the system says of the last call.
    private static var systemWords: String { String(cString: strerror(errno)) }
}

/// Why a key file cannot be used. It is left as it was; what stands in it is never repeated.
package enum KeyFileError: ExplainedError, Equatable {
    case notFound(path: String)
    case alreadyExists(path: String)
    /// A link, a folder or a device.
    case notRegular(path: String)
    case otherOwner(path: String)
    /// The group or everybody may read or write it.
    case openToOthers(path: String)
    case notKey(path: String)
    case unreadable(path: String, detail: String)
    case unwritable(path: String, detail: String)

    package var code: String {
        switch self {
        case .notFound: "key_not_found"
        case .alreadyExists: "key_exists"
        case .notRegular: "key_not_regular"
        case .otherOwner: "key_other_owner"
        case .openToOthers: "key_open_to_others"
        case .notKey: "key_malformed"
        case .unreadable: "key_unreadable"
        case .unwritable: "key_unwritable"
        }
    }

    package var explanation: Bilingual {
        switch self {
        case .notFound(let path): Bilingual("没有密钥文件 \(path)。", "There is no key file \(path).")
        case .alreadyExists(let path):
            Bilingual("密钥文件 \(path) 已存在，未作改动。", "There is a key file \(path) already; it was left unchanged.")
        case .notRegular(let path): Bilingual("密钥文件 \(path) 不是普通文件。", "The key file \(path) is no regular file.")
        case .otherOwner(let path):
            Bilingual("密钥文件 \(path) 属于另一个用户。", "The key file \(path) belongs to another user.")
        case .openToOthers(let path):
            Bilingual("密钥文件 \(path) 可被其他用户读写。", "The key file \(path) can be read or written by other users.")
        case .notKey(let path): Bilingual("文件 \(path) 中没有可用的密钥。", "There is no key in \(path) that can be used.")
        case .unreadable(let path, let detail):
            Bilingual("无法读取密钥文件 \(path)（\(detail)）。", "The key file \(path) cannot be read (\(detail)).")
        case .unwritable(let path, let detail):
            Bilingual("无法写入密钥文件 \(path)（\(detail)）。", "The key file \(path) cannot be written (\(detail)).")
        }
    }

    package var advice: Bilingual {
        switch self {
        case .notFound:
            Bilingual("请核对目录；如果密钥已丢失，请重新登记。", "Check the directory; if the key is lost, enrol again.")
        case .alreadyExists: Bilingual("请直接使用它，或换一个目录。", "Use it, or another directory.")
        case .notRegular: Bilingual("请放回原来的文件，不要用链接。", "Put the file itself there, not a link to it.")
        case .otherOwner:
            Bilingual("请用它的所有者运行，或更改所有者。", "Run this as its owner, or change the owner.")
        case .openToOthers(let path):
            Bilingual(
                "如果别人可能看过它，请重新登记；否则运行 chmod 600 \(path)。",
                "If anybody may have read it, enrol again; otherwise run chmod 600 \(path)."
            )
        case .notKey:
            Bilingual("请从备份放回密钥文件，或重新登记。", "Put the key file back from a backup, or enrol again.")
        case .unreadable, .unwritable:
            Bilingual("请检查目录的权限和剩余空间。", "Check the permissions of the directory, and the room that is left.")
        }
    }
}
