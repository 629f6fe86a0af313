import Foundation
import ReportModel
import ReportWire
import Testing
import TestSupport

@Suite("Golden vectors: the bytes of version 0")
struct GoldenVectorTests {
    @Test("are what the file says, both ways", arguments: GoldenMessage.all)
    func bothWays(_ golden: GoldenMessage) throws {
        let bytes = try Hexadecimals.bytes(try Repository.text(golden.path))
        let frames = try Frame.all(in: bytes)
        #expect(frames.count == 1)
        let frame = try #require(frames.first)
        #expect(frame.encoded == bytes, "nothing stands beside the frame")

        let decoded = try #require(try Message(frame))
        #expect(decoded == golden.message)
        #expect(decoded.spelling == golden.message.spelling)

        let own = golden.message.frame
        #expect(own.kind == frame.kind)
        // How well zlib deflates is its own affair; what the stream inflates to is not.
        #expect(own.flags == frame.flags)
        #expect(own.spelling == frame.spelling)
        if !own.flags.contains(.deflated) { #expect(own.encoded == bytes) }
    }

    @Test("exist for every kind of message, and there are no other files")
    func complete() throws {
        #expect(Set(GoldenMessage.all.map(\.message.kind)) == Set(Message.Kind.allCases))
        let files = try FileManager.default.contentsOfDirectory(
            atPath: Repository.url("Tests/ReportWireTests/Vectors").path
        )
        #expect(files.sorted() == GoldenMessage.all.map { "\($0.name).txt" }.sorted())
    }

    @Test("hold a batch that is deflated and one that is not")
    func bothForms() {
        let flags = GoldenMessage.all.filter { $0.message.kind == .batch }.map(\.message.frame.flags)
        #expect(flags.contains { $0.contains(.deflated) })
        #expect(flags.contains { !$0.contains(.deflated) })
    }
}
