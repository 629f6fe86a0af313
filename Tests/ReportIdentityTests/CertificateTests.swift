import Crypto
import ReportIdentity
import ReportModel
import SwiftASN1
import Testing
import X509

@Suite("Certificates of devices and of the server")
struct CertificateTests {
    private let issuing: Issuing

    init() throws {
        self.issuing = try Issuing()
    }

    @Test("say what was written into them", arguments: Role.allCases)
    func roundTrip(role: Role) throws {
        let facts = try DeviceFacts(
            name: String(repeating: "数", count: 32),
            unit: UnitCode("410728-01-02")!,
            role: role,
            person: "Zhāng Sān, 'x' = \"y\" + z; #1"
        )
        let issued = try DeviceCertificate.issue(
            for: DeviceKey(self.issuing.device.publicKey),
            facts: facts,
            authority: self.issuing.authority,
            serial: [UInt8](repeating: 0, count: 16),
            validity: Issuing.validity
        )
        let read = try DeviceCertificate(der: issued.der, authority: self.issuing.pinned)
        #expect(read == issued)
        #expect(read.facts == facts)
        #expect(read.key == DeviceKey(self.issuing.device.publicKey))
        #expect(read.id == read.key.id)
        #expect(read.validity == Issuing.validity)
        #expect(issued.der.count < 800)
    }

    @Test("are refused with any byte altered, cut off or added")
    func mutated() throws {
        let der = try withFreeBit { try self.issuing.certificate().der }
        let taken = mutations(of: der).filter { self.issuing.refusal($0.bytes) == nil }
        #expect(taken.map(\.what) == [])
    }

    @Test("are refused when another province has signed them, or nobody")
    func authorities() throws {
        let other = try self.issuing.certificate(by: P256.Signing.PrivateKey())
        #expect(self.issuing.refusal(other.der) == .otherAuthority)
        let own = try self.issuing.certificate(by: self.issuing.device)
        #expect(self.issuing.refusal(own.der) == .selfSigned)
        #expect(self.issuing.refusal([]) == .notCertificate)
        #expect(self.issuing.refusal([UInt8](repeating: 0x30, count: 5000)) == .tooLong(byteCount: 5000))
        #expect(self.issuing.refusal([UInt8](repeating: 0x30, count: 4000)) == .notCertificate)
    }

    @Test("are of one kind each: a device is no server, a server no device, and the authority neither")
    func kinds() throws {
        let device = try self.issuing.certificate()
        let server = try self.issuing.serverCertificate()
        #expect(throws: CertificateRefusal.notServer) {
            try ServerCertificate(der: device.der, authority: self.issuing.pinned)
        }
        #expect(self.issuing.refusal(server.der) == .notDevice)
        #expect(try ServerCertificate(der: server.der, authority: self.issuing.pinned) == server)
        let authority = try AuthorityCertificate.issue(
            authority: self.issuing.authority,
            serial: Issuing.serial,
            validity: Issuing.validity
        )
        #expect(self.issuing.refusal(authority) == .notDevice)
        #expect(throws: CertificateRefusal.notServer) {
            try ServerCertificate(der: authority, authority: self.issuing.pinned)
        }
    }

    @Test("of a server are refused with any byte altered")
    func mutatedServer() throws {
        let der = try withFreeBit { try self.issuing.serverCertificate().der }
        let taken = mutations(of: der).filter {
            (try? ServerCertificate(der: $0.bytes, authority: self.issuing.pinned)) != nil
        }
        #expect(taken.map(\.what) == [])
    }

    @Test(
        "are taken whatever their dates",
        arguments: [(0, 1), (1_000_000_000, 1_000_000_100), (4_000_000_000, 5_000_000_000), (.min, .max)]
    )
    func dates(notBefore: Int64, notAfter: Int64) throws {
        let validity = Validity(
            notBefore: Timestamp(secondsSince1970: notBefore),
            notAfter: Timestamp(secondsSince1970: notAfter)
        )
        let issued = try self.issuing.certificate(validity: validity)
        #expect(try DeviceCertificate(der: issued.der, authority: self.issuing.pinned).validity == validity)
    }

    @Test("last a year, and began a day ago, whatever the clock")
    func year() {
        let validity = Validity.year(from: Timestamp(secondsSince1970: 1_760_000_000))
        #expect(validity.notBefore.secondsSince1970 == 1_760_000_000 - 86_400)
        #expect(validity.notAfter.secondsSince1970 == 1_760_000_000 + 31_536_000)
        #expect(Validity.year(from: Timestamp(secondsSince1970: .min)).notBefore.secondsSince1970 == 0)
        #expect(
            Validity.year(from: Timestamp(secondsSince1970: .max)).notAfter.description == "9999-12-31T23:59:59Z"
        )
    }

    @Test("of the authority itself, that say other things of a device, are refused")
    func strangeFacts() throws {
        typealias Attribute = RelativeDistinguishedName.Attribute
        let good: [Attribute] = [
            Attribute(type: .NameAttributes.organizationName, utf8String: "Huiliu device"),
            Attribute(type: .NameAttributes.organizationalUnitName, utf8String: "410728"),
            Attribute(type: .NameAttributes.title, utf8String: "clerk"),
            Attribute(type: .NameAttributes.name, utf8String: "张三"),
            Attribute(type: .NameAttributes.commonName, utf8String: "office"),
        ]
        func with(_ index: Int, _ text: String) -> [Attribute] {
            var altered = good
            altered[index] = Attribute(type: altered[index].type, utf8String: text)
            return altered
        }
        var printable = good
        printable[2] = try Attribute(type: .NameAttributes.title, printableString: "clerk")
        let usages: [ExtendedKeyUsage.Usage] = [.clientAuth]
        #expect(self.issuing.refusal(try self.signed(good, usages)) == nil, "the others differ in one thing")
        let strange = [
            with(1, "41072"), with(2, "king"), with(3, ""), with(4, "a/b"), with(4, "a\u{202E}b"),
            with(4, String(repeating: "x", count: 97)), Array(good.dropLast()), good + [good[4]],
            Array(good.prefix(3)) + [good[4], good[3]], printable,
        ]
        for subject in strange {
            #expect(self.issuing.refusal(try self.signed(subject, usages)) == .malformedFacts, "\(subject)")
        }
        #expect(self.issuing.refusal(try self.signed(with(0, "Huiliu server"), usages)) == .notDevice)
        #expect(self.issuing.refusal(try self.signed(good, [.serverAuth])) == .notDevice)
        #expect(self.issuing.refusal(try self.signed(good, [.clientAuth, .serverAuth])) == .notDevice)
        #expect(self.issuing.refusal(try self.signed([], usages)) == .notDevice)
    }

    /// Anything, with the authority's signature.
    private func signed(
        _ subject: [RelativeDistinguishedName.Attribute],
        _ usages: [ExtendedKeyUsage.Usage]
    ) throws -> [UInt8] {
        let dates = (try self.issuing.certificate()).der
        let model = try Certificate(derEncoded: dates)
        let certificate = try Certificate(
            version: .v3,
            serialNumber: model.serialNumber,
            publicKey: model.publicKey,
            notValidBefore: model.notValidBefore,
            notValidAfter: model.notValidAfter,
            issuer: model.issuer,
            subject: DistinguishedName(subject.map { RelativeDistinguishedName($0) }),
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(KeyUsage(digitalSignature: true))
                Critical(try ExtendedKeyUsage(usages))
            },
            issuerPrivateKey: Certificate.PrivateKey(self.issuing.authority)
        )
        var serializer = DER.Serializer()
        try serializer.serialize(certificate)
        return serializer.serializedBytes
    }
}

@Suite("Requests for a certificate")
struct CertificateRequestTests {
    @Test("show that the device holds its key, and are refused with any byte altered")
    func roundTrip() throws {
        let key = P256.Signing.PrivateKey()
        let request = try CertificateRequest(der: withFreeBit { try CertificateRequest(key: key).der })
        #expect(try CertificateRequest(der: request.der) == request)
        #expect(request.key == DeviceKey(key.publicKey))
        let taken = mutations(of: request.der).filter { (try? CertificateRequest(der: $0.bytes)) != nil }
        #expect(taken.map(\.what) == [])
        #expect(throws: RequestRefusal.notRequest) {
            try CertificateRequest(der: [UInt8](repeating: 0x30, count: 5000))
        }
    }

    @Test("with somebody else's key are refused")
    func othersKey() throws {
        let (own, other) = (P256.Signing.PrivateKey(), P256.Signing.PrivateKey())
        let der = try CertificateRequest(key: own).der
        // The other's key in the place of one's own.
        let place = try #require(der.firstRange(of: own.publicKey.x963Representation))
        let forged = Array(der[..<place.lowerBound]) + other.publicKey.x963Representation + der[place.upperBound...]
        #expect(throws: RequestRefusal.notHolder) { try CertificateRequest(der: forged) }
    }
}
