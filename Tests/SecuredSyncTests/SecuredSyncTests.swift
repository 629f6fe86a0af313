import ClientSync
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
        self.device = try Device(0xA1)
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
        try self.province.store.database.read { try $0.log(of: Device.cell.unit).count }
    }

    @Test("bring what a device wrote to the province and from there to another one")
    func good() async throws {
        let other = try Device(0xB2)
        let security = try other.security(issuer: self.province.authority, pinned: self.province.authority)
        let own = try self.own
        let (sent, received, again) = try await self.province.serve(self.province.security()) { address in
            let sent = try await self.device.sync(address, own, self.province.scheme)
            let received = try await other.sync(address, security, self.province.scheme)
            return (sent, received, try await self.device.sync(address, own, self.province.scheme))
        }
        #expect(sent.changesSent >= 1)
        #expect(received.changesReceived == sent.changesSent)
        #expect(again.changesSent == 0 && again.changesReceived == 0)
        #expect(try self.storedCount() >= 1)
    }

    @Test("take the same frames as syncs without")
    func sameFrames() async throws {
        let plain = try await self.province.serve(nil) { try await self.device.sync($0, nil, self.province.scheme) }
        let own = try self.own
        try self.device.write("14.5")
        let secured = try await self.province.serve(self.province.security()) {
            try await self.device.sync($0, own, self.province.scheme)
        }
        #expect(plain.roundTrips == secured.roundTrips)
        #expect(plain.changesSent >= 1 && secured.changesSent == 1)
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
        #expect(error.knownCode == .scopeNotServed)
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

    @discardableResult
    private func service(at address: HostPort, _ security: TransportSecurity?) throws -> SyncService {
        try SyncService(
            store: self.province.store,
            address: address,
            security: security,
            logger: silent,
            now: { Province.now },
            listening: { _ in }
        )
    }
}
