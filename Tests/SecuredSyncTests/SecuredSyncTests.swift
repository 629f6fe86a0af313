import BundledScheme
import ClientStore
import ClientSync
import Crypto
import NIOCore
import NIOPosix
import ReportIdentity
import ReportModel
import ReportStorage
import ReportTransport
import ReportWire
import ServerIdentity
import ServerStore
import ServerSync
import TestSupport
import Testing

/// Whole syncs over real connections of this machine.
@Suite("Syncs over lines with TLS")
struct SecuredSyncTests {
    private let province: Province
    private let elsewhere: Authority
    private let device: Device

    init() throws {
        self.province = try Province()
        self.elsewhere = try .made()
        self.device = try Device(0xA1, in: self.province)
        try self.device.write("13.5")
    }

    /// Why a sync with a province that serves so did not come to its end.
    private func failure(server: TransportSecurity?, client: TransportSecurity?) async throws -> SyncFailure? {
        try await self.province.serve(server) { address in
            do {
                _ = try await self.device.sync(address, client, self.province.scheme)
                return nil
            } catch let failure as SyncFailure {
                return failure
            }
        }
    }

    private func insecurity(_ failure: SyncFailure?) -> SecurityFailure? {
        if case .insecure(_, let failure)? = failure { failure } else { nil }
    }

    private var own: TransportSecurity {
        get throws { try self.device.security(issuer: self.province.authority, pinned: self.province.authority) }
    }

    private func storedCount() throws -> Int {
        try self.province.store.database.read { reader in
            try reader.log(of: Device.cell.unit).count { $0.stored.signer == self.device.id }
        }
    }

    @Test("bring what a device wrote to the province and from there to another one")
    func good() async throws {
        let other = try Device(0xB2, in: self.province)
        let security = try other.security(issuer: self.province.authority, pinned: self.province.authority)
        let own = try self.own
        let (sent, received, again) = try await self.province.serve(self.province.security()) { address in
            let sent = try await self.device.sync(address, own, self.province.scheme)
            let received = try await other.sync(address, security, self.province.scheme)
            return (sent, received, try await self.device.sync(address, own, self.province.scheme))
        }
        #expect(sent.changesSent >= 1)
        let (theirs, ours) = (try other.store.cell(Device.cell).value, try self.device.store.cell(Device.cell).value)
        #expect(theirs == ours)
        #expect(received.changesReceived >= sent.changesSent)
        #expect(again.changesSent == 0 && again.changesReceived == 0)
        #expect(try self.storedCount() >= 1)
    }

    @Test("bring a ruling back at once: what the device may not write does not count, and the rest does")
    func ruled() async throws {
        let own = try self.own
        let mark = try CellAddress("410728/_report/2024-H1/infrastructure/state")
        // A program that asks nobody; one that does is refused, and writes nothing.
        #expect(try self.device.write(ReportMark.accepted.value, to: mark) == .new)
        let second = try self.device.write(ReportMark.returned.value, to: mark, scheme: self.province.scheme)
        guard case .refused(let refusal) = second else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.code == "not_marked_by_role")
        let reviewer = try Device(0xC3, in: self.province, role: .reviewer, unit: UnitCode("410700")!)
        let security = try reviewer.security(issuer: self.province.authority, pinned: self.province.authority)
        try await self.province.serve(self.province.security()) { address in
            _ = try await self.device.sync(address, own, self.province.scheme)
            let uncounted = try self.device.store.status().uncounted
            #expect(uncounted.map(\.address) == [mark])
            #expect(uncounted.flatMap(\.discounts) == [.ruledOut("not_marked_by_role")])
            _ = try await reviewer.sync(address, security, self.province.scheme)
            let accepted = try reviewer.write(ReportMark.accepted.value, to: mark, scheme: self.province.scheme)
            #expect(accepted == .new)
            _ = try await reviewer.sync(address, security, self.province.scheme)
            _ = try await self.device.sync(address, own, self.province.scheme)
        }
        // The reviewer had seen it, so it needs nobody's attention any more.
        #expect(try self.device.store.status().uncounted.isEmpty)
        for database in [self.province.store.database, self.device.store.database, reviewer.store.database] {
            let (marks, figures) = try database.read { reader in
                (try reader.cell(mark).versions, try reader.cell(Device.cell).versions)
            }
            #expect(marks.map(\.version.value) == [ReportMark.accepted.value] && figures.count == 1)
            #expect(try database.verify().firstProblem == nil)
        }
    }

    @Test("end when the device is revoked, and begin again once it is trusted again")
    func revoked() async throws {
        let own = try self.own
        try await self.province.serve(self.province.security()) { address in
            _ = try await self.device.sync(address, own, self.province.scheme)
            try self.province.store.revoke(self.device.id, as: self.province.root, now: Province.now)
            try self.device.write("99")
            let failure = await #expect(throws: SyncFailure.self) {
                try await self.device.sync(address, own, self.province.scheme)
            }
            guard case .refused(let error)? = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            #expect(error.knownCode == .deviceRevoked)
            let device = GrantedDevice(
                key: DeviceKey(self.device.key.publicKey),
                grant: self.device.grant,
                name: "办公室一",
                person: "张三"
            )
            try self.province.store.grant(device, as: self.province.root, now: Province.now)
            _ = try await self.device.sync(address, own, self.province.scheme)
        }
        // What it wrote between the two is kept, and does not count.
        for store in [self.province.store.database, self.device.store.database] {
            let (value, history) = try store.read { reader in
                (try reader.cell(Device.cell).value, try reader.history(of: Device.cell))
            }
            #expect(value == .number(Quantity(ExactDecimal("13.5")!)))
            #expect(history.map(\.discounts) == [[], [.revoked]])
        }
    }

    @Test("are refused to a device that claims another unit than the one it is enrolled for")
    func otherUnit() async throws {
        let claiming = try Device(0xD4, in: self.province, claiming: UnitCode("410700")!)
        let security = try claiming.security(issuer: self.province.authority, pinned: self.province.authority)
        try await self.province.serve(self.province.security()) { address in
            let failure = await #expect(throws: SyncFailure.self) {
                try await claiming.sync(address, security, self.province.scheme)
            }
            guard case .refused(let error)? = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            #expect(error.knownCode == .otherUnit)
        }
    }

    @Test("are refused over lines without, also to a device that is enrolled")
    func plain() async throws {
        let failure = await #expect(throws: SyncFailure.self) {
            try await self.province.serve(nil) { try await self.device.sync($0, nil, self.province.scheme) }
        }
        guard case .refused(let error)? = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(error.knownCode == .notEnrolled)
        #expect(try self.storedCount() == 0)
    }

    @Test("are refused to a device that is not enrolled")
    func notEnrolled() async throws {
        let stranger = try self.device.security(issuer: nil, pinned: self.province.authority)
        guard
            case .refused(let error)? = try await self.failure(server: self.province.security(), client: stranger)
        else {
            Issue.record("not refused")
            return
        }
        #expect(error.knownCode == .notEnrolled)
        #expect(error.words.english.contains("not enrolled"))
        #expect(try self.storedCount() == 0)
    }

    @Test("are refused to a device of another province, which is told so")
    func otherProvince() async throws {
        let stranger = try self.device.security(issuer: self.elsewhere, pinned: self.province.authority)
        let failure = try await self.failure(server: self.province.security(), client: stranger)
        #expect(self.insecurity(failure) == .certificateRefused, "\(String(describing: failure))")
        #expect(failure?.code == "certificate_refused")
        #expect(try self.storedCount() == 0)
    }

    @Test("are not begun with a server of another province")
    func impostor() async throws {
        let deceived = try self.device.security(issuer: self.province.authority, pinned: self.elsewhere)
        let failure = try await self.failure(server: self.province.security(), client: deceived)
        #expect(self.insecurity(failure) == .notOurServer(.otherAuthority), "\(String(describing: failure))")
        #expect(failure?.sentence.english.contains("Nothing was sent") == true)
        #expect(try self.storedCount() == 0)
    }

    @Test("are told from lines without, on either side")
    func withAndWithout() async throws {
        let plainClient = try await self.failure(server: self.province.security(), client: nil)
        #expect(self.insecurity(plainClient) == .wantsTLS, "\(String(describing: plainClient))")
        let plainServer = try await self.failure(server: nil, client: self.own)
        #expect(self.insecurity(plainServer) == .noTLS, "\(String(describing: plainServer))")
        #expect(try self.storedCount() == 0)
    }

    @Test("are told from a line where nobody listens")
    func nobody() async throws {
        let address = try await self.province.serve(nil) { $0 }
        let nowhere = try #require(HostPort("nobody.invalid:7500"))
        let own = try self.own
        for (server, words) in [(address, "No server is listening"), (nowhere, "Nobody knows a machine")] {
            let failure = await #expect(throws: SyncFailure.self) {
                try await self.device.sync(server, own, self.province.scheme, waitSeconds: 1)
            }
            #expect(failure?.code == "server_unreachable")
            #expect(failure?.explanation.english.contains(words) == true)
        }
    }

    @Test("go on while others make handshakes that are none")
    func hostile() async throws {
        let own = try self.own
        let report = try await self.province.serve(self.province.security()) { address in
            let peers: [[UInt8]] = [
                Array("GET / HTTP/1.1\r\n\r\n".utf8), [22, 3, 1, 1, 0] + [UInt8](repeating: 0, count: 256),
                [22, 3, 1, 0, 100, 1, 0, 0, 96], [], Message.done.frame.encoded,
            ]
            var open: [any Channel] = []
            for bytes in peers {
                let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                    .connect(host: address.host, port: address.port).get()
                channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
                open.append(channel)
            }
            let report = try await self.device.sync(address, own, self.province.scheme)
            for channel in open { channel.close(promise: nil) }
            return report
        }
        #expect(report.changesSent >= 1)
    }

    @Test("without TLS never leave this machine", arguments: ["192.0.2.1:7428", "province.invalid:7428", "[::]:7428"])
    func loopbackOnly(address: String) async throws {
        let address = try #require(HostPort(address))
        let failure = await #expect(throws: SyncFailure.self) {
            try await self.device.sync(address, nil, self.province.scheme)
        }
        #expect(failure?.code == "connect_refused")
        #expect(throws: ListenRefusal.self) { try self.service(at: address, nil) }
        _ = try self.service(at: address, self.province.security())
    }

    @Test("are served only with the key of the store's authority, which seals what has no seal yet")
    func rootKey() throws {
        let address = try #require(HostPort("127.0.0.1:0"))
        let security = try self.province.security()
        func refusal(of authority: Authority?, for store: ServerStore? = nil) -> String? {
            #expect(throws: AuthorityMismatch.self) {
                try self.service(at: address, security, of: store, authority: authority)
            }?.code
        }
        #expect(refusal(of: nil) == "authority_missing")
        #expect(refusal(of: self.elsewhere) == "authority_other")
        let store = self.province.store
        try store.database.write {
            try $0.writeOwn(
                [Change.Write(Device.cell.inScope, .text("ruled"))],
                in: Device.cell.unit,
                author: "root",
                deviceName: "root",
                now: Province.now
            )
        }
        #expect(try store.database.verify().firstProblem?.kind == .unsealed)
        try self.service(at: address, security)
        #expect(try store.database.verify().firstProblem == nil)
        let open = try ServerStore.inMemory(replica: ReplicaID(rawValue: 1), scheme: BundledScheme.source)
        #expect(refusal(of: self.elsewhere, for: open) == "authority_other")
    }

    @discardableResult
    private func service(at address: HostPort, _ security: TransportSecurity?) throws -> SyncService {
        try self.service(at: address, security, authority: self.province.authority)
    }

    @discardableResult
    private func service(
        at address: HostPort,
        _ security: TransportSecurity?,
        of store: ServerStore? = nil,
        authority: Authority?
    ) throws -> SyncService {
        try SyncService(
            store: store ?? self.province.store,
            address: address,
            security: security,
            authority: authority,
            logger: silent,
            now: { Province.now },
            listening: { _ in }
        )
    }
}
