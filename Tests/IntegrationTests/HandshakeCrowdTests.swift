import Foundation
import Testing

@Suite("A thousand connections that never finish their handshake")
struct HandshakeCrowdTests {
    private static let count = 1000
    /// What one may take until it is let go: a debug build has larger ones.
    private static let kibibytesMax = 96

    @Test("are let go, cost little, and keep nobody from syncing")
    func crowd() async throws {
        let scene = try Scene()
        let province = ProvinceCommands(store: try await scene.newProvince())
        let file = try await scene.enrolmentFile("办公室一", in: province.store)
        let server = try await RunningServer.start(store: province.store, log: "critical")
        let office = try await scene.enrolled("办公室一", with: file, server: server)
        let before = try server.program.memory("VmRSS")
        let crowd = try Crowd(Self.count, port: server.port)
        defer { crowd.leave() }
        // The beginning of a TLS record with a client's hello of 96 bytes, of which 6 come.
        crowd.send([22, 3, 1, 0, 100, 1, 0, 0, 96, 3, 3])
        var figure = 0
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(120)
        while crowd.goneCount() < Self.count, clock.now < deadline {
            figure += 1
            try await office.expect("set", "410728-01/infrastructure/2024-H1/roads", "\(figure)")
            let synced = try await office.sync()
            #expect(synced["sent"] == 1)
        }
        #expect(crowd.goneCount() == Self.count, "they are let go")
        #expect(figure >= 1)
        #expect(try await province.sum(of: "410728-01", "roads") == "\(figure)")
        let peak = try server.program.memory("VmHWM")
        #expect(peak - before < Self.count * Self.kibibytesMax, "\(before) KiB before, at most \(peak) KiB since")
    }
}
