import ReportModel
import ReportWire

/// Whatever decodes encodes to the same bytes, however the network cut it.
enum WireProperties {
    // MARK: - Frames

    /// The first byte says into how long pieces the rest is cut.
    static func frames(_ input: [UInt8]) throws {
        let stream = Array(input.dropFirst())
        let whole = Parsed(stream, pieceByteCount: stream.count)
        let cut = Parsed(stream, pieceByteCount: Int(input.first ?? 0) + 1)
        try require(whole == cut, "the same frames come out wherever the stream is cut")
        try require(
            stream.starts(with: whole.frames.flatMap(\.encoded)),
            "frames that were read are written as they were"
        )
        guard stream.count >= 2 else { return }
        // No fuzzer guesses a checksum: so the bytes are a frame's content too.
        let frame = Self.frame(stream)
        let framed = Parsed(frame.encoded, pieceByteCount: stream.count)
        try require(framed == Parsed(frames: [frame]), "a frame is read as it was written")
    }

    static func decodeFrames(_ input: [UInt8]) {
        var parser = FrameParser()
        parser.append(input.dropFirst())
        while let frame = try? parser.next() { _ = try? Message(frame) }
    }

    /// What a parser makes of a stream.
    private struct Parsed: Equatable {
        var frames: [Frame] = []
        var error: ProtocolError?

        init(frames: [Frame]) {
            self.frames = frames
        }

        init(_ stream: [UInt8], pieceByteCount: Int) {
            var parser = FrameParser()
            for start in stride(from: 0, to: stream.count, by: max(1, pieceByteCount)) {
                parser.append(stream[start..<min(start + pieceByteCount, stream.count)])
                do throws(ProtocolError) {
                    while let frame = try parser.next() { self.frames.append(frame) }
                } catch {
                    self.error = error
                    return
                }
            }
        }
    }

    /// Kind, flags, payload.
    private static func frame(_ bytes: [UInt8]) -> Frame {
        Frame(
            kind: bytes[0],
            flags: Frame.Flags(rawValue: bytes[1]),
            payload: Array(bytes[2...].prefix(Limits.frameByteCountMax - Limits.frameByteCountMin))
        )
    }

    // MARK: - Messages

    static func message(_ input: [UInt8]) throws {
        guard input.count >= 2 else { return }
        try self.message(of: self.frame(input))
    }

    static func decodeMessage(_ input: [UInt8]) {
        guard input.count >= 2 else { return }
        _ = try? Message(self.frame(input))
    }

    /// Columns that were not deflated, be they longer than a frame: that is how long they may inflate to.
    static func batch(_ input: [UInt8]) throws {
        try self.message(of: Frame(kind: Message.Kind.batch.rawValue, flags: .critical, payload: input))
    }

    static func decodeBatch(_ input: [UInt8]) {
        _ = try? Batch(Frame(kind: Message.Kind.batch.rawValue, flags: .critical, payload: input))
    }

    private static func message(of frame: Frame) throws {
        let message: Message
        do throws(ProtocolError) {
            guard let read = try Message(frame) else { return }
            message = read
        } catch {
            // What is refused is answered with words that can be read.
            let answer = Message.goodbye(error).frame
            try require((try? Message(answer))?.frame == answer, "the goodbye \(error) is read as it was written")
            return
        }
        let own = message.frame
        try require(own.kind == frame.kind, "a \(message.name) keeps its kind")
        // How well a batch is deflated is its sender's affair; what it inflates to is not.
        try require(Self.content(of: own) == Self.content(of: frame), "a \(message.name) is written as it was read")
        try require(
            own.flags.subtracting(.deflated) == frame.flags.subtracting(.deflated),
            "a \(message.name) keeps its flags"
        )
        try require((try? Message(own))?.frame == own, "a \(message.name) is read as it was written")
    }

    /// The payload, inflated; `nil` when it does not inflate.
    static func content(of frame: Frame) -> [UInt8]? {
        if frame.flags.contains(.sealed) {
            guard let (columns, seals) = try? SealSection.split(frame.payload) else { return nil }
            let flags = frame.flags.subtracting(.sealed)
            return self.content(of: Frame(kind: frame.kind, flags: flags, payload: Array(columns))).map { $0 + seals }
        }
        guard frame.flags.contains(.deflated) else { return frame.payload }
        var reader = ByteReader(frame.payload)
        guard let byteCount = try? reader.count(upTo: Limits.batchInflatedByteCountMax, of: "bytes"),
            let deflated = try? reader.raw(reader.remaining)
        else { return nil }
        return Deflate.inflate(deflated, to: byteCount, dictionary: PresetDictionary.bytes)
    }

    // MARK: - Changes

    static func change(_ input: [UInt8]) throws {
        guard let change = try? Change(canonicalBytes: input) else { return }
        try require(change.canonicalBytes == input, "a change is written as it was read")
        let scope = UnitCode("410728-01")!
        let chained = ChainedChange(replica: ReplicaID(rawValue: 1), sequence: 1, predecessorTag: 0, change: change)
        let stored = StoredChange(
            chained: chained,
            hash: ChainHash(startOf: chained.replica, in: scope, sealedBy: nil).next(input),
            canonicalBytes: input
        )
        let frame = Message.batch(Batch(scope: scope, changes: [stored])).frame
        try require(
            frame.encodedByteCount <= 4 + Limits.frameByteCountMax,
            "any change fits a frame: \(frame.encodedByteCount)"
        )
        let batch = try? Batch(frame)
        try require(batch?.entries.map(\.canonicalBytes) == [input], "a change travels as it is")
        try require(
            batch?.entries.map(\.change.canonicalBytes) == [input],
            "a change is the same after its travel"
        )
        _ = "\(change.time) \(change.author) \(change.writes)"
    }
}
