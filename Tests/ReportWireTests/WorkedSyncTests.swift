import ReportModel
import ReportSession
import ReportWire
import TestSupport
import Testing

@Suite("The sync that the specification shows in bytes")
struct WorkedSyncTests {
    @Test("is a true run, and leaves both sides with the same")
    func recorded() throws {
        let sync = WorkedSync.run()

        let recorded = try Specification.recorded("sync")
        let blocks = try Hexadecimals.blocks(in: recorded)
        #expect(blocks.count == sync.flights.count)
        for (block, flight) in zip(blocks, sync.flights) {
            let frames = try Frame.all(in: block)
            #expect(frames.map(\.kind) == flight.messages.map(\.kind.rawValue))
            #expect(frames.map(\.spelling) == flight.messages.map(\.spelling))
            #expect(frames.flatMap(\.encoded) == block, "nothing is left over")
            // The notes are those of these very bytes.
            #expect(recorded.contains("```hex\n\(try IndependentReader.annotated(block))```"))
        }
        for (client, server) in zip(sync.client.stores, sync.server.stores) {
            #expect(client.tip == server.tip)
            #expect(client.log.count == server.log.count)
        }
        #expect(sync.client.stores[0].log.count == 3)
        #expect(sync.clientSession.tally.roundTrips == 2)
        #expect(sync.clientSession.tally.changesSent == 2)
        #expect(sync.clientSession.tally.changesReceived == 1)
    }
}
