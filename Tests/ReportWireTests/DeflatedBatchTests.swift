import ReportModel
import ReportWire
import Testing

@Suite("Deflated batches")
struct DeflatedBatchTests {
    private let columns: [UInt8]

    init() throws {
        let golden = try #require(GoldenMessage.all.first { $0.name == "batch-values" })
        self.columns = golden.message.spelling
    }

    private func frame(stating byteCount: UInt64, _ stream: [UInt8]) -> Frame {
        var writer = ByteWriter()
        writer.varint(byteCount)
        writer.raw(stream)
        return Frame(kind: Message.Kind.batch.rawValue, flags: [.critical, .deflated], payload: writer.bytes)
    }

    private var stream: [UInt8] { Deflate.deflate(self.columns, dictionary: PresetDictionary.bytes)! }

    private func code(of frame: Frame) -> ProtocolError.Code? {
        #expect(throws: ProtocolError.self) { try Message(frame) }?.knownCode
    }

    @Test("are read when the size is as stated, and when they are not deflated at all")
    func asStated() throws {
        #expect(try Batch(self.frame(stating: UInt64(self.columns.count), self.stream)).columns == self.columns)
        #expect(try Batch(Frame(kind: 4, flags: .critical, payload: self.columns)).columns == self.columns)
    }

    @Test("that inflate to more or less than they state are refused", arguments: [-100, -1, 1, 100])
    func otherSize(difference: Int) {
        let frame = self.frame(stating: UInt64(self.columns.count + difference), self.stream)
        #expect(self.code(of: frame) == .inflatesBeyondStatedSize)
    }

    @Test("that inflate a thousandfold stop at the size they state")
    func bomb() {
        let stream = Deflate.deflate(Array(repeating: 0, count: 60 << 20), dictionary: PresetDictionary.bytes)!
        #expect(stream.count < Limits.frameByteCountMax)
        let limit = UInt64(Limits.batchInflatedByteCountMax)
        #expect(self.code(of: self.frame(stating: limit, stream)) == .inflatesBeyondStatedSize)
        #expect(Deflate.inflate(stream[...], to: 100, dictionary: PresetDictionary.bytes) == nil)
    }

    @Test("that state more than the limit are refused before they are inflated", arguments: [1, 1 << 32, 1 << 62])
    func statedAboveLimit(excess: UInt64) {
        let frame = self.frame(stating: UInt64(Limits.batchInflatedByteCountMax) + excess, self.stream)
        #expect(self.code(of: frame) == .malformedMessage)
    }

    @Test("that are cut off, or go on after their end, are refused")
    func cutOff() {
        let size = UInt64(self.columns.count)
        for count in 0..<self.stream.count {
            #expect(self.code(of: self.frame(stating: size, Array(self.stream[..<count]))) == .inflatesBeyondStatedSize)
        }
        #expect(self.code(of: self.frame(stating: size, self.stream + [0])) == .inflatesBeyondStatedSize)
        #expect(self.code(of: Frame(kind: 4, flags: [.critical, .deflated], payload: [])) == .malformedMessage)
    }

    @Test("are deflated only where that helps")
    func onlyWhereItHelps() throws {
        let plain = try #require(GoldenMessage.all.first { $0.name == "batch-plain" })
        #expect(!plain.message.frame.flags.contains(.deflated))
        #expect(Deflate.deflate(plain.message.spelling, dictionary: PresetDictionary.bytes) == nil)
        let values = try #require(GoldenMessage.all.first { $0.name == "batch-values" })
        #expect(values.message.frame.flags.contains(.deflated))
        #expect(values.message.frame.payload.count < self.columns.count)
        #expect(Deflate.deflate([], dictionary: []) == nil)
    }

    @Test("gain from the preset dictionary")
    func presetDictionary() {
        #expect(self.stream.count < Deflate.deflate(self.columns, dictionary: [])!.count)
        #expect(PresetDictionary.bytes.count <= 32 * 1024, "a dictionary beyond the window is out of reach")
    }
}
