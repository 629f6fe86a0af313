import ClientStore
import Crypto
import Foundation
import ReportIdentity
import ReportModel
import ReportScheme
import ReportStorage

/// Where a device is to be enrolled: a directory without a store, or the store of a device that is enrolled anew.
package struct EnrolmentPlace {
    private let directory: String
    private let file: EnrolmentFile
    /// The store that is there, the device that it is of, and its key; no key where it is lost, and nothing is left to seal.
    private let former: (store: ClientStore, device: DeviceID, key: P256.Signing.PrivateKey?)?
    /// Whether the store was enrolled with this very file.
    package let isDone: Bool

    /// The device that the store was of until now.
    package var formerDevice: DeviceID? { self.former?.device }

    /// - Throws: `StoreError`, `ReenrolmentRefusal`, `KeyFileError`: before anything is asked of the province.
    package init(_ directory: String, for file: EnrolmentFile) throws {
        (self.directory, self.file) = (directory, file)
        guard Self.holdsStore(directory) else {
            try Self.makeFolder(directory)
            (self.former, self.isDone) = (nil, false)
            return
        }
        let store = try ClientStore(in: directory, access: .write)
        guard let trust = try store.trust() else { throw ReenrolmentRefusal.openStore }
        guard trust.authority == file.authority else { throw ReenrolmentRefusal.otherProvince }
        let unit = store.identity.unit
        guard unit == file.facts.unit else { throw ReenrolmentRefusal.otherUnit(unit, file: file.facts.unit) }
        self.isDone = trust.code == file.code.digest
        do {
            guard let identity = try DeviceIdentity(of: store, in: directory) else { preconditionFailure("enrolled") }
            self.former = (store, trust.device.id, identity.key)
        } catch let error where error is KeyFileError || error is OtherKey {
            guard try !store.hasUnsealedChanges() else { throw ReenrolmentRefusal.keyLost }
            self.former = (store, trust.device.id, nil)
        }
    }

    /// The key that is to be enrolled: the one that an interrupted attempt or a request has left, or a new one.
    ///
    /// - Throws: `KeyFileError`; ``ReenrolmentRefusal/noRequest`` where there is none and it may not be new.
    package func key(mayBeNew: Bool = true) throws -> P256.Signing.PrivateKey {
        let name = self.former == nil ? DeviceIdentity.keyFileName : DeviceIdentity.nextKeyFileName
        let path = "\(self.directory)/\(name)"
        do {
            return try KeyFile.read(path)
        } catch KeyFileError.notFound {
            guard mayBeNew else { throw ReenrolmentRefusal.noRequest }
            let key = P256.Signing.PrivateKey()
            try KeyFile.create(key, at: path)
            return key
        }
    }

    /// Makes the store of the device, or lets the one that is there go on as it.
    ///
    /// - Parameters:
    ///   - server: `host:port` of the province.
    ///   - scheme: by which a new store works until the province's has come.
    package func adopt(_ identity: DeviceIdentity, server: String, scheme: SchemeSource) throws -> ClientStore {
        let facts = identity.certificate.facts
        let known = ClientStore.Identity(
            replica: .random(),
            unit: facts.unit,
            server: server,
            name: facts.name,
            author: facts.person
        )
        let trust = ClientStore.Trust(
            authority: identity.authority,
            device: identity.certificate.key,
            certificate: identity.certificate.der,
            code: self.file.code.digest
        )
        guard let former else {
            return try ClientStore.create(
                in: self.directory,
                identity: known,
                scheme: scheme,
                trust: trust
            )
        }
        // Nobody could do so later: the former key is given up.
        if let key = former.key { try former.store.sealOwnChanges(with: SealingKey(key)) }
        try former.store.reenrol(trust, as: known)
        try DeviceIdentity.adoptNextKey(in: self.directory)
        try former.store.database.close()
        return try ClientStore(in: self.directory, access: .write)
    }

    private static func holdsStore(_ directory: String) -> Bool {
        StoreKind.allCases.contains { FileManager.default.fileExists(atPath: "\(directory)/\($0.fileName)") }
    }

    private static func makeFolder(_ directory: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: directory,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw StoreError.unusable(path: directory, detail: "mkdir")
        }
    }
}

/// Why the store that is there cannot go on with this enrolment file.
package enum ReenrolmentRefusal: ExplainedError {
    /// What lies in it nobody has sealed.
    case openStore
    case otherProvince
    case otherUnit(UnitCode, file: UnitCode)
    /// What was written and not sealed could never be sent.
    case keyLost
    /// There is no key here for which a certificate may have been asked.
    case noRequest

    package var code: String {
        switch self {
        case .openStore: "enrolment_open_store"
        case .otherProvince: "enrolment_other_province"
        case .otherUnit: "enrolment_other_unit"
        case .keyLost: "enrolment_key_lost"
        case .noRequest: "enrolment_no_request"
        }
    }

    package var explanation: Bilingual {
        switch self {
        case .openStore:
            Bilingual(
                "目录中的数据库是用 init 建的，其中的数据没有签封，不能登记。",
                "The store in the directory was made with init: what lies in it nobody has sealed, so it cannot be enrolled."
            )
        case .otherProvince:
            Bilingual("目录中的数据库属于另一个省级。", "The store in the directory is of another province.")
        case .otherUnit(let unit, let file):
            Bilingual(
                "目录中的数据库是单位 \(unit) 的，登记文件是单位 \(file) 的。",
                "The store in the directory is of the unit \(unit), the enrolment file of \(file)."
            )
        case .keyLost:
            Bilingual(
                "数据库还在，但它的密钥文件不在或不能用，尚未送达的更改无法再签封。",
                "The store is there, but its key file is not, or cannot be used; what was not delivered cannot be sealed any more."
            )
        case .noRequest:
            Bilingual("这个目录没有做过登记申请，回执不是给它的。", "Nothing was requested in this directory, so no receipt is for it.")
        }
    }

    package var advice: Bilingual {
        switch self {
        case .otherProvince, .otherUnit:
            Bilingual("请用 --store 指定另一个目录。", "Name another directory with --store.")
        case .openStore:
            Bilingual(
                "请先用 export --current 导出，再用 --store 在新目录登记，然后 import。",
                "Export with --current, enrol in a new directory with --store, and import there."
            )
        case .keyLost:
            Bilingual(
                "请放回密钥文件；如已丢失：先用 export --unsent 导出未送达的，再用 --store 在新目录登记，然后 import（先加 --dry-run 看一遍）。",
                "Put the key file back; if it is lost, export what was not delivered with --unsent, enrol in a new directory with --store, and import there (look at it with --dry-run first)."
            )
        case .noRequest:
            Bilingual(
                "请用 --store 指定做过申请（--request）的目录。",
                "Name the directory in which the request was made, with --store."
            )
        }
    }
}
