import Foundation
import ReportModel
import ReportStorage

/// The devices that were revoked, in a file beside the authority's key. The revocations themselves are changes in the scopes;
/// a store that was restored from a backup does not know the last of them, and this list keeps those devices out until it
/// does.
package struct RevokedDevices: Sendable {
    /// The name of its file in the province's directory.
    package static let fileName = StoreKind.revokedFileName
    /// The longest list that is read: 4 MiB, some 70,000 devices.
    private static let byteCountMax = 4 * 1024 * 1024

    package private(set) var ids: Set<DeviceID>

    private init(_ ids: Set<DeviceID>) { self.ids = ids }

    /// - Throws: `RevokedDevicesError`. A list that cannot be read keeps the server from starting: it would let in whom
    ///   nobody wants.
    package static func load(in directory: String) throws(RevokedDevicesError) -> RevokedDevices {
        let path = "\(directory)/\(self.fileName)"
        guard FileManager.default.fileExists(atPath: path) else { return RevokedDevices([]) }
        guard let data = FileManager.default.contents(atPath: path), data.count <= self.byteCountMax,
            let text = String(data: data, encoding: .utf8)
        else { throw RevokedDevicesError(path: path, .unusable) }
        var ids: Set<DeviceID> = []
        for (index, line) in text.split(separator: "\n").enumerated() {
            guard let id = DeviceID(line.prefix { $0 != " " }) else {
                throw RevokedDevicesError(path: path, .notDevice(line: index + 1))
            }
            ids.insert(id)
        }
        return RevokedDevices(ids)
    }

    /// Adds a device, durably; one that is listed already stays as it is.
    ///
    /// - Throws: `RevokedDevicesError` where the file cannot be written.
    package static func add(_ device: DeviceID, at now: Timestamp, in directory: String) throws(RevokedDevicesError) {
        guard try !self.load(in: directory).ids.contains(device) else { return }
        let path = "\(directory)/\(self.fileName)"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw RevokedDevicesError(path: path, .unusable) }
        defer { close(descriptor) }
        let line = Array("\(device) \(now)\n".utf8)
        guard write(descriptor, line, line.count) == line.count, fsync(descriptor) == 0 else {
            throw RevokedDevicesError(path: path, .unusable)
        }
        PublishedFile.syncFolder(of: path)
    }
}

/// What is wrong with the list of revoked devices.
package struct RevokedDevicesError: ExplainedError, Equatable {
    /// Why it cannot be used.
    package enum Reason: Equatable, Sendable {
        /// It cannot be read or written.
        case unusable
        /// Counted from 1.
        case notDevice(line: Int)
        /// The store knows that this device was revoked.
        case lacks(DeviceID)
    }

    package let path: String
    package let reason: Reason

    package init(path: String, _ reason: Reason) {
        (self.path, self.reason) = (path, reason)
    }

    package var code: String { "revoked_list_unusable" }

    package var explanation: Bilingual {
        switch self.reason {
        case .unusable:
            Bilingual(
                "撤销名单 \(self.path) 无法读写。",
                "The list of revoked devices \(self.path) cannot be read or written."
            )
        case .notDevice(let line):
            Bilingual(
                "撤销名单 \(self.path) 第 \(line) 行不是登记号。",
                "Line \(line) of the list of revoked devices \(self.path) begins with no device."
            )
        case .lacks(let device):
            Bilingual(
                "撤销名单 \(self.path) 不在，或比数据库旧：其中没有已撤销的设备 \(device)。",
                "The list of revoked devices \(self.path) is not there, or older than the store: it lacks \(device), which was revoked."
            )
        }
    }

    package var advice: Bilingual {
        switch self.reason {
        case .unusable, .notDevice:
            Bilingual(
                "请从另存的副本放回，或改正这一行；每行以 32 位登记号开头。",
                "Put it back from the copy kept elsewhere, or correct the line: each begins with the 32 digits of a device."
            )
        case .lacks:
            Bilingual(
                "请从另存的副本放回；没有副本的，用 devices revoke 逐一再撤销一次，备份之后撤销过的也要再撤销。",
                "Put it back from the copy kept elsewhere; without one, revoke each device again with devices revoke, also those revoked since the backup."
            )
        }
    }
}
