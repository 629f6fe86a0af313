import Crypto
import ReportIdentity
import ReportModel
import ReportStorage

/// The provincial authority: the key that says which devices are of this province, and which server is its own.
package struct Authority: Sendable {
    /// The name of its file in the province's directory.
    package static let fileName = StoreKind.server.keyFileName

    /// Opens the parcels of offices, too.
    package let key: P256.Signing.PrivateKey

    /// What the devices pin.
    package var publicKey: DeviceKey { DeviceKey(self.key.publicKey) }

    /// What seals the authority's own changes.
    package var sealingKey: SealingKey { SealingKey(self.key) }

    /// - Parameter key: the authority's own.
    package init(key: P256.Signing.PrivateKey) {
        self.key = key
    }

    /// Draws a new key, and keeps it in `directory`, which is there.
    ///
    /// - Throws: `KeyFileError`, also where there is one already: a second key would make every device a stranger.
    package static func create(in directory: String) throws -> Authority {
        let key = P256.Signing.PrivateKey()
        try KeyFile.create(key, at: self.path(in: directory))
        return Authority(key: key)
    }

    /// Takes the key that lies in `directory` already, as after a restore, or draws one.
    ///
    /// - Throws: `KeyFileError`.
    package static func loadOrCreate(in directory: String) throws -> Authority {
        do {
            return try self.load(in: directory)
        } catch KeyFileError.notFound {
            return try self.create(in: directory)
        }
    }

    /// - Throws: `KeyFileError`.
    package static func load(in directory: String) throws -> Authority {
        Authority(key: try KeyFile.read(self.path(in: directory)))
    }

    private static func path(in directory: String) -> String { "\(directory)/\(self.fileName)" }

    // MARK: - Certificates

    /// Issues a device's certificate, for a year.
    ///
    /// - Parameter key: of a ``CertificateRequest``, so that the device holds its private part; for a renewal, of the
    ///   certificate that the device has shown.
    package func issueDevice(
        for key: DeviceKey,
        facts: DeviceFacts,
        now: Timestamp
    ) throws -> DeviceCertificate {
        try DeviceCertificate.issue(
            for: key,
            facts: facts,
            authority: self.key,
            serial: Self.serial(),
            validity: .year(from: now)
        )
    }

    /// A key for one run of the server, and its certificate. The key is kept nowhere: the next run draws its own.
    package func issueServer(now: Timestamp) throws -> (certificate: ServerCertificate, key: P256.Signing.PrivateKey) {
        let key = P256.Signing.PrivateKey()
        let certificate = try ServerCertificate.issue(
            for: key.publicKey,
            authority: self.key,
            serial: Self.serial(),
            validity: .year(from: now)
        )
        return (certificate, key)
    }

    /// The authority's certificate of itself, in DER, for other programs that want one.
    package func issueOwn(now: Timestamp) throws -> [UInt8] {
        try AuthorityCertificate.issue(authority: self.key, serial: Self.serial(), validity: .year(from: now))
    }

    /// A one-time code for the enrolment of a device.
    package static func newCode() -> EnrolmentCode {
        EnrolmentCode(random: self.random(EnrolmentCode.randomByteCount))
    }

    private static func serial() -> [UInt8] { self.random(16) }

    /// From the system's generator.
    private static func random(_ byteCount: Int) -> [UInt8] {
        (0..<byteCount).map { _ in UInt8.random(in: .min ... .max) }
    }
}
