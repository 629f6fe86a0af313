import Foundation
import ReportModel
import ReportWire
import TestSupport

/// How fast batches of the reference workload are decoded, against plain zlib inflating the same bytes.
struct Decoding {
    let frames: [Frame]
    private let streams: [(bytes: [UInt8], inflatedByteCount: Int)]
    /// Bytes of all columns, and of all changes in their canonical form.
    let inflatedByteCount: Int
    let canonicalByteCount: Int
    let writeCount: Int

    init(writes: [Change.Write]) throws {
        let scope = UnitCode("410728-02")!
        var store = MemoryStore(replica: ReplicaID(rawValue: 2), scope: scope)
        var rest = writes[...]
        while !rest.isEmpty {
            store.write(Array(rest.prefix(500)), time: Workday.time, author: "张三")
            rest = rest.dropFirst(500)
        }
        var frames: [Frame] = []
        var batch: [StoredChange] = []
        func flush() throws {
            for batch in try Batch.batches(of: batch, in: scope) { frames.append(Message.batch(batch).frame) }
            batch = []
        }
        var byteCount = 0
        for change in store.storedChanges {
            if byteCount + change.canonicalBytes.count > Limits.batchCanonicalByteCountMax {
                try flush()
                byteCount = 0
            }
            byteCount += change.canonicalBytes.count
            batch.append(change)
        }
        try flush()
        self.frames = frames
        self.canonicalByteCount = store.storedChanges.reduce(0) { $0 + $1.canonicalBytes.count }
        self.streams = frames.map { frame in
            var reader = ByteReader(frame.payload)
            // Frames of our own making.
            let byteCount = Int(try! reader.varint())
            return (Array(try! reader.raw(reader.remaining)), byteCount)
        }
        self.inflatedByteCount = self.streams.reduce(0) { $0 + $1.inflatedByteCount }
        self.writeCount = writes.count
    }

    /// From the frame's payload to changes, with all checks.
    func decode() throws {
        for frame in self.frames { _ = try Batch(frame) }
    }

    /// zlib alone.
    func inflate() {
        for (bytes, byteCount) in self.streams {
            guard Deflate.inflate(bytes[...], to: byteCount, dictionary: PresetDictionary.bytes) != nil else {
                preconditionFailure("inflates")
            }
        }
    }
}
