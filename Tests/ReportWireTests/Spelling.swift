import ReportModel
import ReportWire

// Two messages can be equal and yet not the same: 1.0 and 1.00 are equal in value, and so are two spellings of é. The
// bytes tell.

extension Message {
    /// The frame, of a batch without deflating it: the one encoding of the message.
    var plainFrame: Frame {
        guard case .batch(let batch) = self else { return self.frame }
        let seals = SealSection.bytes(of: batch.chains)
        return Frame(
            kind: self.kind.rawValue,
            flags: seals.isEmpty ? .critical : [.critical, .sealed],
            payload: seals.isEmpty ? batch.columns : SealSection.payload(batch.columns, seals)
        )
    }

    /// The payload, of a batch before it is deflated: the one encoding of the message.
    var spelling: [UInt8] {
        if case .batch(let batch) = self { return batch.columns + SealSection.bytes(of: batch.chains) }
        return self.frame.payload
    }
}

extension Batch {
    var columns: [UInt8] {
        let (bytes, deflated) = self.payload
        return deflated ? Frame.inflated(bytes)! : bytes
    }
}

extension Frame {
    /// The payload as it was before deflation; `nil` when it does not inflate.
    var spelling: [UInt8]? {
        guard self.flags.contains(.sealed) else {
            return self.flags.contains(.deflated) ? Self.inflated(self.payload) : self.payload
        }
        guard let (columns, seals) = try? SealSection.split(self.payload) else { return nil }
        let inflated = self.flags.contains(.deflated) ? Self.inflated(Array(columns)) : Array(columns)
        return inflated.map { $0 + seals }
    }

    static func inflated(_ payload: [UInt8]) -> [UInt8]? {
        var reader = ByteReader(payload)
        guard let byteCount = try? reader.count(upTo: Limits.batchInflatedByteCountMax, of: "bytes"),
            let stream = try? reader.raw(reader.remaining)
        else { return nil }
        return Deflate.inflate(stream, to: byteCount, dictionary: PresetDictionary.bytes)
    }

    /// All frames in `bytes`.
    static func all(in bytes: [UInt8]) throws -> [Frame] {
        var parser = FrameParser()
        parser.append(bytes)
        var frames: [Frame] = []
        while let frame = try parser.next() { frames.append(frame) }
        return frames
    }
}
