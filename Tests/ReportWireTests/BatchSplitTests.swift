import ReportModel
import ReportWire
import TestSupport
import Testing

@Suite("Changes are cut into batches that fit frames")
struct BatchSplitTests {
    struct Adversary: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let changes: @Sendable (inout SplitMix64) -> [StoredChange]
    }

    private static let scope = UnitCode("410728-01")!

    static let adversaries = [
        Adversary(testDescription: "500 writes of which every code is another") { random in
            var chain = ChainWriter(replica: random.next(), in: scope)
            return fill(using: &random) { random in
                chain.write(change(writes(500, codeLength: 8, using: &random), using: &random))
            }
        },
        Adversary(testDescription: "the longest codes") { random in
            var chain = ChainWriter(replica: random.next(), in: scope)
            return fill(using: &random) { random in
                chain.write(change(writes(200, codeLength: 64, using: &random), using: &random))
            }
        },
        Adversary(testDescription: "incompressible texts of 16 KiB") { random in
            var chain = ChainWriter(replica: random.next(), in: scope)
            let texts = (0..<2).map { index in
                Change.Write(cell("t", Code("\(index)")!), .text(noise(ChangeLimits.textByteCountMax, using: &random)))
            }
            let rest = Change.Write(cell("t", "2"), .text(noise(16_000, using: &random)))
            return [chain.write(change(texts + [rest], using: &random))]
        },
        Adversary(testDescription: "one write each from thousands of replicas") { random in
            fill(using: &random) { random in
                var chain = ChainWriter(replica: random.next(), in: scope)
                return chain.write(change([Change.Write(cell("f", "i"), .missing)], using: &random))
            }
        },
        Adversary(testDescription: "one blank each from thousands of replicas") { random in
            fill(using: &random) { random in
                var chain = ChainWriter(replica: random.next(), in: scope)
                return chain.write(
                    Change(
                        time: Timestamp(secondsSince1970: 0),
                        author: "",
                        writes: [Change.Write(cell("f", "i"), .missing)]
                    )
                )
            }
        },
        Adversary(testDescription: "the shortest changes, more than a batch may have") { random in
            var chain = ChainWriter(replica: random.next(), in: scope)
            return fill(using: &random) { _ in
                chain.write(
                    Change(
                        time: Timestamp(secondsSince1970: 0),
                        author: "",
                        writes: [Change.Write(cell("f", "i"), .missing)]
                    )
                )
            }
        },
        Adversary(testDescription: "one change each from the far ends of thousands of chains") { random in
            fill(using: &random) { random in
                let chained = ChainedChange(
                    replica: ReplicaID(rawValue: random.next()),
                    sequence: random.next() >> 2 | 1 << 61,
                    predecessorTag: UInt32.random(in: 0...UInt32.max, using: &random),
                    change: Change(
                        time: Timestamp(secondsSince1970: 0),
                        author: noise(16, using: &random),
                        writes: [Change.Write(cell("f", "i"), .missing)]
                    )
                )
                let bytes = chained.change.canonicalBytes
                let hash = ChainHash(high: random.next(), low: random.next())
                return StoredChange(chained: chained, hash: hash, canonicalBytes: bytes)
            }
        },
        Adversary(testDescription: "the longest contexts") { random in
            var chain = ChainWriter(replica: random.next(), in: scope)
            return fill(using: &random) { random in
                let references = (0..<ChangeLimits.contextDifferenceCountMax).map { _ in
                    Reference(
                        replica: ReplicaID(rawValue: random.next()),
                        sequence: random.next() | 1 << 63,
                        tag: UInt32.random(in: 0...UInt32.max, using: &random)
                    )
                }
                var change = change([Change.Write(cell("f", "i"), .missing)], using: &random)
                change.contextDifference = Frontier(references).heads
                return chain.write(change)
            }
        },
        Adversary(testDescription: "numbers that leap between the longest and zero, clocks between the ends of time") {
            random in
            var chain = ChainWriter(replica: random.next(), in: scope)
            var isLong = false
            return fill(using: &random) { random in
                isLong.toggle()
                let mantissa: Int128 = isLong ? .random(in: 1...999_999_999_999_999_999_999_999, using: &random) : 0
                let value = CellValue.number(Quantity(ExactDecimal(mantissa: mantissa, scale: 12)!))
                var change = change([Change.Write(cell("f", "i"), value)], using: &random)
                change.time = Timestamp(secondsSince1970: isLong ? .min : 0)
                return chain.write(change)
            }
        },
    ]

    @Test("whatever they are", arguments: adversaries)
    func always(_ adversary: Adversary) throws {
        for seed in UInt64(0)..<3 {
            var random = SplitMix64(seed: seed)
            let changes = adversary.changes(&random)
            let batches = try Batch.batches(of: changes, in: Self.scope)
            var canonicalBytes: [[UInt8]] = []
            for batch in batches {
                let frame = Message.batch(batch).frame
                #expect(frame.encodedByteCount <= 4 + Limits.frameByteCountMax, "replay with seed \(seed)")
                #expect(batch.columns.count <= Limits.batchInflatedByteCountMax, "replay with seed \(seed)")
                #expect(batch.chains.count <= Limits.batchChainCountMax, "replay with seed \(seed)")
                let read = try #require(try Frame.all(in: frame.encoded).first)
                canonicalBytes += try Batch(read).entries.map(\.canonicalBytes)
            }
            #expect(canonicalBytes == changes.map(\.canonicalBytes), "replay with seed \(seed)")
        }
    }

    @Test("and ordinary ones stay together")
    func ordinary() throws {
        var chain = ChainWriter(replica: 1, in: Self.scope)
        let changes = (0..<10).map { day in
            let writes = (0..<100).map { item in
                Change.Write(
                    Self.cell("infrastructure", Code("item_\(item)")!),
                    .number(Quantity(ExactDecimal(item * day)))
                )
            }
            return chain.write(Change(time: Timestamp(secondsSince1970: Int64(day)), author: "张三", writes: writes))
        }
        #expect(try Batch.batches(of: changes, in: Self.scope).count == 1)
    }

    @Test("and the longest frontier and receipt fit frames")
    func longestReferences() throws {
        let references = (0..<UInt64(Limits.frontierHeadCountMax)).map {
            Reference(replica: ReplicaID(rawValue: .max - $0), sequence: .max, tag: .max)
        }
        let scope = UnitCode("410728-01-02")!
        let messages = [
            Message.receipt(
                Receipt(
                    held: Array(
                        repeating: Receipt.Held(count: UInt64(Limits.batchChangeCountMax), tag: .max),
                        count: Limits.batchChainCountMax
                    )
                )
            ),
            .have(Have(scope: scope, batchesSeen: .max, frontier: Frontier(references))),
        ]
        for message in messages {
            let frame = try #require(try Frame.all(in: message.frame.encoded).first)
            #expect(try Message(frame) == message)
        }
    }
}

// MARK: - Parts

extension BatchSplitTests {
    /// Changes up to the canonical bytes of one batch.
    private static func fill(
        using random: inout SplitMix64,
        _ next: (inout SplitMix64) -> StoredChange
    ) -> [StoredChange] {
        var changes: [StoredChange] = []
        var byteCount = 0
        while true {
            let change = next(&random)
            byteCount += change.canonicalBytes.count
            guard byteCount <= Limits.batchCanonicalByteCountMax else { return changes }
            changes.append(change)
        }
    }

    private static func change(_ writes: [Change.Write], using random: inout SplitMix64) -> Change {
        Change(
            time: Timestamp(secondsSince1970: Int64.random(in: .min ... .max, using: &random)),
            author: noise(4, using: &random),
            writes: writes
        )
    }

    private static func cell(_ form: Code, _ item: Code) -> AddressInScope {
        AddressInScope(form: form, period: Period("2024")!, item: item)
    }

    private static func writes(_ count: Int, codeLength: Int, using random: inout SplitMix64) -> [Change.Write] {
        (0..<count).map { _ in
            let address = AddressInScope(
                form: code(codeLength, using: &random),
                period: .random(using: &random),
                row: code(codeLength, using: &random),
                item: code(codeLength, using: &random)
            )
            return Change.Write(address, .number(.random(using: &random)))
        }
    }

    private static func code(_ length: Int, using random: inout SplitMix64) -> Code {
        let characters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
        return Code(String((0..<length).map { _ in random.pick(characters) }))!
    }

    /// Text that deflate can do least with: code points of four bytes.
    private static func noise(_ byteCount: Int, using random: inout SplitMix64) -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<byteCount / 4 {
            text.append(Unicode.Scalar(UInt32.random(in: 0x1_0000...0x10_FFFF, using: &random))!)
        }
        return String(text)
    }
}
