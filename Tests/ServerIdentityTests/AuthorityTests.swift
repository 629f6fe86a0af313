import Crypto
import ReportIdentity
import ReportModel
import ReportStorage
import ServerIdentity
import TestSupport
import Testing

@Suite("The provincial authority")
struct AuthorityTests {
    private let directory: TemporaryDirectory
    private static let now = Timestamp(secondsSince1970: 1_760_000_000)

    init() throws {
        self.directory = try TemporaryDirectory()
    }

    @Test("is the same after a restart, and is made only once")
    func kept() throws {
        #expect(throws: KeyFileError.self) { try Authority.load(in: self.directory.path) }
        let made = try Authority.create(in: self.directory.path)
        #expect(try Authority.load(in: self.directory.path).publicKey == made.publicKey)
        #expect(made.sealingKey.publicKey == made.publicKey)
        #expect(throws: KeyFileError.self) { try Authority.create(in: self.directory.path) }
    }

    @Test("issues what devices and servers show, and no two alike")
    func issues() throws {
        let authority = try Authority.create(in: self.directory.path)
        let request = try CertificateRequest(key: P256.Signing.PrivateKey())
        let facts = try DeviceFacts(name: "办公室一", unit: UnitCode("410728")!, role: .reviewer, person: "李四")
        let device = try authority.issueDevice(for: request.key, facts: facts, now: Self.now)
        #expect(try DeviceCertificate(der: device.der, authority: authority.publicKey).facts == facts)
        #expect(device.key == request.key)
        #expect(try authority.issueDevice(for: request.key, facts: facts, now: Self.now).der != device.der)
        let (server, key) = try authority.issueServer(now: Self.now)
        #expect(server.key == DeviceKey(key.publicKey))
        #expect(server.key != authority.publicKey)
        #expect(try authority.issueServer(now: Self.now).certificate.key != server.key)
        #expect(try !authority.issueOwn(now: Self.now).isEmpty)
        #expect(Authority.newCode() != Authority.newCode())
    }
}
