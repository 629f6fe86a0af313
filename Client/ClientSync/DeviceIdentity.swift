import ClientStore
import Crypto
import Foundation
import ReportIdentity
import ReportModel
import ReportStorage
import ReportTransport

/// By what an enrolled device is known, and whom it believes.
package struct DeviceIdentity: Sendable {
    /// The name of the key's file in the store's directory.
    package static let keyFileName = StoreKind.client.keyFileName
    /// The same while the device is being enrolled anew.
    package static let nextKeyFileName = keyFileName + ".next"

    package let key: P256.Signing.PrivateKey
    package let certificate: DeviceCertificate
    /// The province's public key.
    package let authority: DeviceKey

    package init(key: P256.Signing.PrivateKey, certificate: DeviceCertificate, authority: DeviceKey) {
        self.key = key
        self.certificate = certificate
        self.authority = authority
    }

    /// Reads what `directory`, the store's, has of it.
    ///
    /// - Returns: `nil` for the store of a province where nobody is enrolled.
    /// - Throws: `KeyFileError`, and `OtherKey` where the file is another device's.
    package init?(of store: ClientStore, in directory: String) throws {
        guard let trust = try store.trust() else { return nil }
        let path = "\(directory)/\(Self.keyFileName)"
        let key = try Self.key(of: trust.device, in: directory, path)
        guard let der = trust.certificate,
            let certificate = try? DeviceCertificate(der: der, authority: trust.authority)
        else { throw OtherKey(path: path) }
        self.init(key: key, certificate: certificate, authority: trust.authority)
    }

    /// The key file that is the device's. An enrolment anew that ended before its last step has left the new one beside the
    /// old.
    private static func key(
        of device: DeviceKey,
        in directory: String,
        _ path: String
    ) throws -> P256.Signing.PrivateKey {
        if let next = try? KeyFile.read("\(directory)/\(Self.nextKeyFileName)"), DeviceKey(next.publicKey) == device {
            try Self.adoptNextKey(in: directory)
            return next
        }
        let key = try KeyFile.read(path)
        guard DeviceKey(key.publicKey) == device else { throw OtherKey(path: path) }
        return key
    }

    /// The last step of an enrolment anew.
    package static func adoptNextKey(in directory: String) throws {
        let path = "\(directory)/\(Self.keyFileName)"
        guard rename("\(directory)/\(Self.nextKeyFileName)", path) == 0 else {
            throw KeyFileError.unwritable(path: path, detail: String(cString: strerror(errno)))
        }
        PublishedFile.syncFolder(of: path)
    }

    package var sealingKey: SealingKey { SealingKey(self.key) }

    /// What its lines are secured with.
    package func security() throws -> TransportSecurity {
        try .client(authority: self.authority, identity: (self.certificate, self.key))
    }
}

/// A key file that is not the store's.
package struct OtherKey: ExplainedError, Equatable {
    package let path: String

    package var code: String { "key_other_device" }

    package var explanation: Bilingual {
        Bilingual("密钥文件 \(self.path) 不是这个数据库的。", "The key in \(self.path) is not this store's.")
    }

    package var advice: Bilingual {
        Bilingual(
            "请放回原来的密钥文件；如果密钥已丢失，请向省级索取登记文件，重新登记。",
            "Put the store's own key file back; if the key is lost, ask the province for an enrolment file and enrol again."
        )
    }
}
