import ClientStore
import ClientSync
import Crypto
import Foundation
import ReportIdentity
import ReportModel
import ReportParcel
import ReportStorage
import ReportWire
import ServerIdentity
import ServerStore
import ServerSync
import TestSupport

/// A folder in which parcels are carried between offices and their province.
final class Stick {
    private let folder: TemporaryDirectory
    let province: Province
    private var fileCount = 0

    init(_ province: Province) throws {
        self.province = province
        self.folder = try TemporaryDirectory()
    }

    func newPath() -> String {
        self.fileCount += 1
        return "\(self.folder.path)/\(self.fileCount).parcel"
    }

    private func file(_ path: String) throws -> InputFile {
        guard let file = InputFile(path: path) else { throw FileUnwritable(path: path) }
        return file
    }

    /// The office takes an answer.
    @discardableResult
    func takeAnswer(_ path: String, _ device: Device, _ store: ClientStore? = nil) throws -> OfficeParcels.Taken {
        try self.parcels(of: device, store).takeAnswer(self.file(path))
    }

    func parcels(of device: Device, _ store: ClientStore? = nil) throws -> OfficeParcels {
        try OfficeParcels(
            store: store ?? device.store,
            scheme: self.province.scheme,
            identity: DeviceIdentity(
                key: device.key,
                certificate: device.certificate(by: self.province.authority),
                authority: self.province.authority.publicKey
            ),
            logger: silent,
            now: { Province.now }
        )
    }

    /// The office puts a parcel on the stick.
    ///
    /// - Returns: its path.
    func make(_ device: Device, _ store: ClientStore? = nil) throws -> String {
        let path = self.newPath()
        _ = try self.parcels(of: device, store)
            .make(at: path, isReplacing: false, alreadyThere: FileExists(path: path))
        return path
    }

    /// The province takes a parcel, and puts its answer on the stick.
    func take(
        _ path: String,
        at store: ServerStore? = nil,
        revoked: Set<DeviceID> = []
    ) throws -> (taken: ProvinceParcels.Taken, answer: String) {
        let answer = self.newPath()
        let parcels = ProvinceParcels(
            store: store ?? self.province.store,
            authority: self.province.authority,
            revoked: revoked,
            logger: silent,
            now: { Province.now }
        )
        let taken = try parcels.take(
            self.file(path),
            answer: answer,
            isReplacing: false,
            alreadyThere: FileExists(path: answer)
        )
        return (taken, answer)
    }

    /// There and back.
    func sync(_ device: Device, _ store: ClientStore? = nil, at province: ServerStore? = nil) throws {
        let answer = try self.take(self.make(device, store), at: province).answer
        try self.takeAnswer(answer, device, store)
    }

    /// A parcel as some other program would make it.
    func write(_ messages: [Message], by device: Device) throws -> String {
        let path = self.newPath()
        try PublishedFile.write(to: path, isReplacing: false, alreadyThere: FileExists(path: path)) { sink in
            var writer = try ParcelWriter(
                ParcelOpening(replica: ReplicaID(rawValue: 1), number: 1, time: Province.now, scheme: 0),
                to: self.province.authority.publicKey,
                from: .device(device.certificate(by: self.province.authority)),
                key: device.key,
                sink: sink
            )
            for message in messages { try writer.append(message) }
            try writer.finish()
        }
        return path
    }

    /// A copy of a file that lacks its end.
    func cut(_ path: String, to fraction: Double) throws -> String {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        let copy = self.newPath()
        try bytes.prefix(Int(Double(bytes.count) * fraction)).write(to: URL(fileURLWithPath: copy))
        return copy
    }
}
