import ClientStore
import ClientSync
import Logging
import ReportModel
import ReportStorage
import ReportTransport
import ReportWire
import ServerStore
import Testing

/// Two stores with one key: a copied disk, a stolen laptop's image.
@Suite("A copy of a device")
struct CopiedDeviceTests {
    private let province: Province
    private let device: Device

    init() throws {
        self.province = try Province()
        self.device = try Device(0xC1, in: self.province)
    }

    private func sync(_ store: ClientStore, _ server: HostPort) async throws -> Synchronizer.Report {
        try await Synchronizer(
            store: store,
            scheme: self.province.scheme,
            server: server,
            security: self.device.security(issuer: self.province.authority, pinned: self.province.authority),
            sealingKey: SealingKey(self.device.key),
            waitSeconds: 60,
            logger: silent,
            now: { Province.now }
        ).run()
    }

    private func write(_ figure: String, on store: ClientStore) throws {
        let edit = Edit(Device.cell, .number(Quantity(ExactDecimal(figure)!)))
        _ = try store.write([edit], scheme: nil, now: Province.now)
    }

    @Test("is the same device, and its changes are a branch; once that is revoked, neither gets in")
    func revoked() async throws {
        try self.write("1", on: self.device.store)
        try await self.province.serve(self.province.security()) { server in
            _ = try await self.sync(self.device.store, server)
            let copy = try ClientStore(inMemoryCopyOf: self.device.store)
            try self.write("2", on: copy)
            #expect(try await self.sync(copy, server).changesSent == 1)
            try self.province.store.revoke(self.device.id, as: self.province.root, now: Province.now)
            let before = try self.province.store.standings(in: [Device.cell.unit])
            for store in [copy, self.device.store] {
                try self.write("3", on: store)
                let failure = await #expect(throws: SyncFailure.self) { _ = try await self.sync(store, server) }
                guard case .refused(let error)? = failure else {
                    Issue.record("\(String(describing: failure))")
                    return
                }
                #expect(error.knownCode == .deviceRevoked)
                #expect(try store.status().refusal?.code == 22)
            }
            #expect(try self.province.store.standings(in: [Device.cell.unit]) == before)
        }
        let shown = try self.province.store.database.read { try $0.cell(Device.cell) }
        #expect(shown.value == .number(Quantity(ExactDecimal("2")!)))
    }
}
