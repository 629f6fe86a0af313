import BundledScheme
import ClientStore
import ClientSync
import Crypto
import ReportIdentity
import ReportModel
import ReportScheme
import ReportStorage
import ReportTransport
import ReportWire
import ServerIdentity
import ServerStore
import ServerSync
import TestSupport
import Testing

@Suite("An enrolment over a line")
struct EnrolmentTests {
    private let province: Province
    private let key = P256.Signing.PrivateKey()

    init() throws { self.province = try Province() }

    private var id: DeviceID { DeviceKey(self.key.publicKey).id }

    /// - Parameter days: for how long the code is good.
    private func prepare(
        _ unit: UnitCode = Province.unit,
        role: Role = .clerk,
        days: Int64 = 7
    ) throws -> EnrolmentCode {
        let code = Authority.newCode()
        let enrolment = Enrolment(
            grant: Grant(role: role, unit: unit),
            name: "办公室一",
            person: "张三",
            expires: Timestamp(secondsSince1970: Province.now.secondsSince1970 + days * 86_400)
        )
        try self.province.store.prepare(enrolment, code: code.row, as: self.province.root, now: Province.now)
        return code
    }

    private func enrol(
        _ server: HostPort,
        _ code: EnrolmentCode,
        _ key: P256.Signing.PrivateKey? = nil,
        pinned: Authority? = nil
    ) async throws -> DeviceIdentity {
        try await Enroller(
            server: server,
            code: code,
            authority: (pinned ?? self.province.authority).publicKey,
            key: key ?? self.key,
            waitSeconds: 60,
            logger: silent
        ).run()
    }

    /// A store as `enrol` makes it.
    private func store(_ identity: DeviceIdentity) throws -> ClientStore {
        try .inMemory(
            identity: ClientStore.Identity(
                replica: ReplicaID(rawValue: 0xA1),
                unit: identity.certificate.facts.unit,
                server: "127.0.0.1:1",
                name: identity.certificate.facts.name,
                author: identity.certificate.facts.person
            ),
            scheme: BundledScheme.source,
            trust: ClientStore.Trust(
                authority: identity.authority,
                device: identity.certificate.key,
                certificate: identity.certificate.der
            )
        )
    }

    private func sync(
        _ store: ClientStore,
        _ identity: DeviceIdentity,
        _ server: HostPort
    ) async throws -> Synchronizer.Report {
        try await Synchronizer(
            store: store,
            scheme: self.province.scheme,
            server: server,
            security: try identity.security(),
            sealingKey: identity.sealingKey,
            waitSeconds: 60,
            logger: silent,
            now: { Province.now }
        ).run()
    }

    private func refusal(_ body: () async throws -> DeviceIdentity) async -> ProtocolError? {
        let failure = await #expect(throws: EnrolmentFailure.self) { _ = try await body() }
        guard case .refused(let error)? = failure?.failure else {
            Issue.record("\(String(describing: failure))")
            return nil
        }
        return error
    }

    @Test("gives a device its certificate and its grants, and lets it in with what it writes")
    func whole() async throws {
        let code = try self.prepare()
        try await self.province.serve(self.province.security()) { server in
            let identity = try await self.enrol(server, code)
            #expect(identity.certificate.facts.unit == Province.unit)
            #expect(identity.certificate.facts.role == .clerk)
            #expect(identity.certificate.facts.person == "张三")
            let store = try self.store(identity)
            let edit = Edit(Device.cell, .number(Quantity(ExactDecimal("14.2")!)))
            let early = try store.write([edit], scheme: self.province.scheme, now: Province.now)[0]
            guard case .refused(let refusal) = early else {
                Issue.record("written before the grant is held: \(early)")
                return
            }
            #expect(refusal.reason == .notGranted)
            _ = try await self.sync(store, identity, server)
            #expect(try store.write([edit], scheme: self.province.scheme, now: Province.now)[0].isWritten)
            #expect(try await self.sync(store, identity, server).changesSent == 1)
        }
        let shown = try self.province.store.summaries(form: Device.cell.form, period: Device.cell.period)
        #expect(shown.contains { $0.item == Device.cell.item && $0.value.description == "14.2" })
        let device = try #require(try self.province.store.enrolledDevices().first)
        #expect(device.granted.key.id == self.id && !device.isRevoked)
        #expect(device.certificateExpires == Validity.year(from: Province.now).notAfter)
        #expect(
            try self.province.store.enrolments(in: self.province.scheme.root.code).first?.enrolment.device == self.id
        )
    }

    @Test("with a code that was used is for the same device only, which may have lost the answer")
    func usedTwice() async throws {
        let code = try self.prepare()
        try await self.province.serve(self.province.security()) { server in
            let first = try await self.enrol(server, code)
            let changes = try self.province.changeCount()
            let again = try await self.enrol(server, code)
            #expect(again.certificate.key == first.certificate.key)
            #expect(try self.province.changeCount() == changes, "nothing is granted twice")
            let other = await self.refusal { try await self.enrol(server, code, P256.Signing.PrivateKey()) }
            #expect(other?.knownCode == .codeUsed)
        }
        #expect(try self.province.store.enrolledDevices().map(\.granted.key.id) == [self.id])
    }

    @Test("with a code that nobody gave out changes nothing")
    func guessed() async throws {
        _ = try self.prepare()
        let changes = try self.province.changeCount()
        try await self.province.serve(self.province.security()) { server in
            let error = await self.refusal { try await self.enrol(server, Authority.newCode()) }
            #expect(error?.knownCode == .codeUnknown)
        }
        #expect(try self.province.changeCount() == changes)
    }

    @Test("with a code that has expired changes nothing")
    func expired() async throws {
        let code = try self.prepare(days: -1)
        let last = try self.prepare(days: 0)
        let changes = try self.province.changeCount()
        try await self.province.serve(self.province.security()) { server in
            let error = await self.refusal { try await self.enrol(server, code) }
            #expect(error?.knownCode == .codeExpired)
            #expect(try self.province.changeCount() == changes)
            _ = try await self.enrol(server, last)
        }
    }

    @Test("with a code that was withdrawn changes nothing, whatever the clock says then")
    func withdrawn() throws {
        let code = try self.prepare()
        let (store, root) = (self.province.store, self.province.root)
        let row = try #require(try store.enrolments(in: root.scheme.root.code).first?.code)
        let later = Timestamp(secondsSince1970: Province.now.secondsSince1970 + 60)
        #expect(try store.withdraw(code: row, as: root, now: later))
        let desk = EnrolmentDesk(store: store, authority: self.province.authority, scheme: self.province.scheme)
        let request = try CertificateRequest(key: self.key).der
        let changes = try self.province.changeCount()
        // One that had come before, and waited; a clock that was put right; and the next one.
        for seconds in [0, -86_400 * 365, 120] {
            let now = Timestamp(secondsSince1970: Province.now.secondsSince1970 + Int64(seconds))
            let error = #expect(throws: ProtocolError.self) {
                _ = try desk.enrol(Enrol(code: code.text, request: request), now: now)
            }
            #expect(error?.knownCode == .codeExpired)
        }
        #expect(try self.province.changeCount() == changes)
        #expect(try !store.withdraw(code: "none", as: root, now: later))
    }

    @Test("shows its code to nobody but the server of the province that it believes")
    func impostor() async throws {
        let code = try self.prepare()
        let other = try Authority.made()
        try await self.province.serve(self.province.security()) { server in
            let failure = await #expect(throws: EnrolmentFailure.self) {
                _ = try await self.enrol(server, code, pinned: other)
            }
            #expect(failure?.code == "server_not_ours")
        }
        #expect(try self.province.store.enrolments(in: self.province.scheme.root.code).first?.enrolment.device == nil)
    }

    @Test("asks with a request whose key the device does not hold: refused")
    func notHolder() throws {
        let code = try self.prepare()
        let desk = EnrolmentDesk(
            store: self.province.store,
            authority: self.province.authority,
            scheme: self.province.scheme
        )
        let der = try CertificateRequest(key: self.key).der
        let changes = try self.province.changeCount()
        for index in stride(from: der.count - 60, to: der.count, by: 7) {
            var altered = der
            altered[index] ^= 0x01
            let error = #expect(throws: ProtocolError.self) {
                _ = try desk.enrol(Enrol(code: code.text, request: altered), now: Province.now)
            }
            #expect(error?.knownCode == .requestRefused, "byte \(index)")
        }
        #expect(try self.province.changeCount() == changes)
    }

    @Test("that is refused is counted in the log, and a stranger who goes on knocking fills no log")
    func counted() async throws {
        let used = try self.prepare()
        let strangers = 5
        try await self.province.serve(self.province.security()) { server in
            _ = try await self.enrol(server, used)
            for _ in 0..<strangers {
                _ = await self.refusal { try await self.enrol(server, used, P256.Signing.PrivateKey()) }
            }
            _ = await self.refusal { try await self.enrol(server, Authority.newCode()) }
        }
        let scope = self.province.scheme.root.code
        try self.province.store.database.read { reader in
            func count(_ reason: Code) throws -> String? {
                let address = SystemForm.refusals(for: reason, on: Province.now)
                return try reader.cell(CellAddress(address, in: scope)).versions.first?.version.value.description
            }
            #expect(try count("code-24") == "\(strangers)")
            #expect(try count("code-23") == "1")
            let entries = try reader.log(of: scope).count { entry in
                entry.stored.chained.change.writes.contains { $0.address.form == SystemForm.refusals }
            }
            #expect(entries == 2, "at the first, and at the end")
        }
    }

    @Test("is renewed in a sync, once its certificate has a third of its time left, also if it has expired")
    func renewal() async throws {
        let code = try self.prepare()
        // Enrolled eight months before now, nine, and more than a year.
        let months = 30 * Int64(86_400)
        let desk = EnrolmentDesk(
            store: self.province.store,
            authority: self.province.authority,
            scheme: self.province.scheme
        )
        for (age, isRenewed) in [(8 * months, false), (9 * months, true), (13 * months, true)] {
            let then = Timestamp(secondsSince1970: Province.now.secondsSince1970 - age)
            let request = try CertificateRequest(key: self.key).der
            let certificate = try desk.enrol(Enrol(code: code.text, request: request), now: then)
            let identity = DeviceIdentity(
                key: self.key,
                certificate: certificate,
                authority: self.province.authority.publicKey
            )
            let store = try self.store(identity)
            try await self.province.serve(self.province.security()) { server in
                _ = try await self.sync(store, identity, server)
            }
            let der = try #require(try store.trust()?.certificate)
            let kept = try DeviceCertificate(der: der, authority: self.province.authority.publicKey)
            #expect(kept.key == certificate.key && kept.facts == certificate.facts)
            #expect((kept.der != certificate.der) == isRenewed, "after \(age / months) months")
            if isRenewed { #expect(kept.validity == .year(from: Province.now)) }
        }
        let device = try self.province.store.enrolledDevices().first
        #expect(device?.certificateExpires == Validity.year(from: Province.now).notAfter)
    }

    @Test("does not bring back a device that was revoked, also where the store does not know it")
    func revokedElsewhere() async throws {
        let code = try self.prepare()
        try await self.province.serve(self.province.security(), revoked: [self.id]) { server in
            let identity = try await self.enrol(server, code)
            let store = try self.store(identity)
            let failure = await #expect(throws: SyncFailure.self) { _ = try await self.sync(store, identity, server) }
            guard case .refused(let error)? = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            #expect(error.knownCode == .deviceRevoked)
        }
    }
}

extension Province {
    /// Beside the record of refused connections.
    fileprivate func changeCount() throws -> Int {
        try self.store.database.read { reader in
            try reader.scopes().reduce(0) { count, scope in
                try count
                    + reader.log(of: scope).count { entry in
                        !entry.stored.chained.change.writes.allSatisfy { $0.address.form == SystemForm.refusals }
                    }
            }
        }
    }
}
