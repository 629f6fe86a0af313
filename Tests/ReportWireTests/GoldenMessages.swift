import ReportModel
import ReportWire
import Testing

/// The messages of which the bytes are frozen: one file each in `Vectors/`.
struct GoldenMessage: Sendable, CustomTestStringConvertible {
    /// Of the file, without `.txt`.
    let name: String
    let description: String
    let message: Message

    init(_ name: String, _ description: String, _ message: Message) {
        self.name = name
        self.description = description
        self.message = message
    }

    var testDescription: String { self.name }
    var path: String { "Tests/ReportWireTests/Vectors/\(self.name).txt" }
}

extension GoldenMessage {
    private static let zone = UnitCode("410728-01")!
    private static let replica = ReplicaID(rawValue: 0xA1A1_A1A1_A1A1_A1A1)
    private static let server = ReplicaID(rawValue: 0x5E5E_5E5E_5E5E_5E5E)
    /// 2024-07-02T08:15:00Z
    private static let time = Timestamp(secondsSince1970: 1_719_908_100)

    static let all: [GoldenMessage] = [
        GoldenMessage(
            "hello",
            "A county's client with its zone and two subzones, one of them empty.",
            .hello(
                Hello(
                    replica: replica,
                    time: time,
                    scheme: 0x0123_4567_89AB_CDEF,
                    scopes: [
                        Hello.Scope(unit: UnitCode("410728")!, tip: 0x1111_2222_3333_4444),
                        Hello.Scope(unit: zone, tip: .max),
                        Hello.Scope(unit: UnitCode("410728-01-01")!, tip: 0),
                        Hello.Scope(unit: UnitCode("410728-01-02")!, tip: 1),
                    ]
                )
            )
        ),
        GoldenMessage(
            "welcome-same-scopes",
            "The server serves the scopes of the hello; two of them differ. Its clock is before 1970.",
            .welcome(welcome(differing: 2, scopes: nil, time: Timestamp(secondsSince1970: -1)))
        ),
        GoldenMessage(
            "welcome-other-scopes",
            "The server serves other scopes than the hello named.",
            .welcome(welcome(differing: 0, scopes: [UnitCode("410728")!, UnitCode("410728-02")!], time: time))
        ),
        GoldenMessage(
            "have",
            "A frontier after three batches: one replica with one head, one whose chain has branched.",
            .have(Have(scope: zone, batchesSeen: 3, frontier: Frontier(references)))
        ),
        GoldenMessage(
            "have-nothing",
            "The frontier of somebody who holds nothing.",
            .have(Have(scope: zone, batchesSeen: 0, frontier: Frontier()))
        ),
        GoldenMessage(
            "receipt",
            "Of a batch of three chains: 1 change of the first, none of the second, 300 of the third.",
            .receipt(
                Receipt(
                    held: [
                        Receipt.Held(count: 1, tag: 0xDEAD_BEEF), Receipt.Held(count: 0, tag: 0),
                        Receipt.Held(count: 300, tag: 0),
                    ]
                )
            )
        ),
        GoldenMessage(
            "receipt-unserved",
            "The scope of the batch is not served.",
            .receipt(Receipt(held: []))
        ),
        GoldenMessage(
            "scheme",
            "The second and last piece of a scheme.",
            .scheme(SchemePart(totalByteCount: 61_448, inflatedByteCount: 300_000, bytes: Array(0..<8)))
        ),
        GoldenMessage("done", "Nothing left to do.", .done),
        GoldenMessage(
            "goodbye",
            "The server stops.",
            .goodbye(ProtocolError(.shuttingDown, "服务器正在停止，请稍后再同步。", "The server is stopping; sync again later."))
        ),
        GoldenMessage(
            "goodbye-unknown-code",
            "A code that is not of version 0.",
            .goodbye(ProtocolError(rawCode: 1_000_000, words: Bilingual("", "Unheard of.")))
        ),
        GoldenMessage(
            "want",
            "Marks of a chain that has branched: two changes of one sequence, and the first.",
            .want(
                Want(
                    scope: zone,
                    marks: ChainMarks(
                        replica: server,
                        references: [(300, 0), (299, 0xDEAD_BEEF), (299, 7), (1, .max)].map {
                            Reference(replica: server, sequence: $0, tag: $1)
                        }
                    )
                )
            )
        ),
        GoldenMessage(
            "want-nothing",
            "Nothing is held of the chain.",
            .want(Want(scope: zone, marks: ChainMarks(replica: replica, references: [])))
        ),
        GoldenMessage(
            "enrol",
            "A device shows its one-time code, and a request that stands for one of some 250 bytes.",
            .enrol(Enrol(code: "7F3K-0QWE-1234-ABCD-9XYZ", request: [0x30, 0x82, 0x00, 0xF7]))
        ),
        GoldenMessage(
            "certificate",
            "The answer: a certificate, of which only the first bytes are here.",
            .certificate([0x30, 0x82, 0x02, 0x4E])
        ),
        GoldenMessage("batch-plain", "One small change: deflate would make it no shorter.", .batch(plainBatch)),
        GoldenMessage(
            "batch-values",
            "Every kind of value, every qualifier, every kind of period.",
            .batch(valuesBatch)
        ),
        GoldenMessage(
            "batch-chains",
            "Two replicas, a branch, contexts, a time that goes back, and a run that begins later in its chain.",
            .batch(chainsBatch)
        ),
        GoldenMessage(
            "batch-sealed",
            "The same, of which two chains are sealed by two devices, one by the first of them again, and one not.",
            .batch(sealedBatch)
        ),
    ]

    private static let references = [
        Reference(replica: replica, sequence: 300, tag: 0xDEAD_BEEF),
        Reference(replica: server, sequence: 1, tag: 0),
        Reference(replica: server, sequence: 1, tag: .max),
    ]

    private static func welcome(differing: Int, scopes: [UnitCode]?, time: Timestamp) -> Welcome {
        Welcome(
            version: 0,
            replica: server,
            time: time,
            scheme: 0xFEDC_BA98_7654_3210,
            batchesInFlightMax: 16,
            differingScopeCount: differing,
            scopes: scopes
        )
    }
}

// MARK: - Batches

extension GoldenMessage {
    private static func number(_ text: String) -> ExactDecimal { ExactDecimal(text)! }

    private static func cell(_ form: Code, _ period: String, _ item: Code, row: Code = .empty) -> AddressInScope {
        AddressInScope(form: form, period: Period(period)!, row: row, item: item)
    }

    private static var plainBatch: Batch {
        var chain = ChainWriter(replica: 0xA1B2_C3D4_E5F6_0718, in: zone)
        let write = Change.Write(cell("q", "2024", "z"), .number(Quantity(ExactDecimal(7))))
        return Batch(scope: zone, changes: [chain.write(Change(time: time, author: "", writes: [write]))])
    }

    private static var valuesBatch: Batch {
        let values: [CellValue] = [
            .missing, .notApplicable, .withheld, .boolean(false), .boolean(true),
            .date(CalendarDate("2024-02-29")!), .date(CalendarDate("0001-01-01")!),
            .text(""), .text("起重 · e\u{301} \u{E9} 🏗️\n"), .choice("submitted"),
            .number(Quantity(number("0"))), .number(Quantity(number("-6.0"))), .number(Quantity(number("6.00"))),
            .number(Quantity(number("999999999999999999999999"))),
            .number(Quantity(number("-999999999999.999999999999"))),
            .number(Quantity(number("5"), upper: number("7"))),
            .number(Quantity(number("-0.5"), upper: number("-0.50"))),
        ]
        let qualified = Qualifier.allCases.map { CellValue.number(Quantity(ExactDecimal(200), qualifier: $0)) }
        let periods = [
            "-", "2024", "2024-H1", "2024-H2", "2024-Q1", "2024-Q4", "2024-01", "2024-12", "2024-07A", "2024-07B",
            "2024-07-1", "2024-07-2", "2024-07-3", "0001", "9999-Q4",
        ]
        var chain = ChainWriter(replica: replica.rawValue, in: zone)
        let first = (values + qualified).enumerated().map { index, value in
            Change.Write(cell("values", "2024-07", Code("v\(index)")!), value)
        }
        let second = periods.enumerated().map { index, period in
            Change.Write(cell("periods", period, "roads"), .number(Quantity(ExactDecimal(index * 1000))))
        }
        let row = Change.Write(cell("projects", "2024", "name", row: "P0012"), .text("蒲西"))
        return Batch(
            scope: zone,
            changes: [
                chain.write(Change(time: time, author: "张三", writes: first)),
                chain.write(Change(time: time, author: "张三", writes: second + [row])),
            ]
        )
    }

    private static var chainsBatch: Batch {
        func change(_ seconds: Int64, _ author: String, _ context: [Reference], _ number: String) -> Change {
            let write = Change.Write(cell("land", "2024-Q2", "quota"), .number(Quantity(self.number(number))))
            return Change(
                time: Timestamp(secondsSince1970: time.secondsSince1970 + seconds),
                author: author,
                contextDifference: context,
                writes: [write]
            )
        }
        var one = ChainWriter(replica: replica.rawValue, in: zone)
        var two = ChainWriter(replica: 0xB2B2_B2B2_B2B2_B2B2, in: zone)
        // Not sent: the batch begins after it.
        _ = one.write(change(-60, "张三", [], "7"))
        let second = one.write(change(0, "张三", [], "7.5"))
        var clone = one
        let theirs = two.write(change(-86_400, "e\u{301}", [one.reference], "7.50"))
        let third = one.write(change(5, "\u{E9}", [two.reference], "8"))
        let branch = clone.write(change(7, "张三", [], "9"))
        let joined = two.write(change(9, "", Frontier([one.reference, clone.reference]).heads, "10"))
        return Batch(scope: zone, changes: [second, theirs, third, branch, joined])
    }

    private static var sealedBatch: Batch {
        let batch = chainsBatch
        let signers: [UInt8?] = [0x51, 0x52, nil, 0x51]
        let chains = batch.chains.enumerated().map { index, chain in
            var chain = chain
            chain.seal = signers[index % signers.count].map { byte in
                Seal(
                    signer: DeviceID(bytes: [UInt8](repeating: byte, count: DeviceID.byteCount))!,
                    signature: (0..<UInt8(Seal.signatureByteCount)).map { $0 &+ byte &+ UInt8(index) }
                )
            }
            return chain
        }
        return Batch(scope: batch.scope, chains: chains, entries: batch.entries)
    }
}
