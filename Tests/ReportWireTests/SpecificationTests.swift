import Foundation
import ReportModel
import ReportWire
import Testing
import TestSupport

@Suite("The tables of the specification say what the program does")
struct SpecificationTests {
    private static let limits: [(String, Int)] = [
        ("frameByteCountMax", Limits.frameByteCountMax),
        ("frameByteCountMin", Limits.frameByteCountMin),
        ("helloByteCountMax", Limits.helloByteCountMax),
        ("canonicalByteCountMax", ChangeLimits.canonicalByteCountMax),
        ("writeCountMax", ChangeLimits.writeCountMax),
        ("sealedRunByteCountMax", ChangeLimits.sealedRunByteCountMax),
        ("textByteCountMax", ChangeLimits.textByteCountMax),
        ("authorByteCountMax", ChangeLimits.authorByteCountMax),
        ("contextDifferenceCountMax", ChangeLimits.contextDifferenceCountMax),
        ("markCountMax", ChangeLimits.markCountMax),
        ("codeByteCountMax", Code.byteCountMax),
        ("decimalDigitCountMax", ExactDecimal.digitCountMax),
        ("decimalScaleMax", ExactDecimal.scaleMax),
        ("batchCanonicalByteCountMax", Limits.batchCanonicalByteCountMax),
        ("batchInflatedByteCountMax", Limits.batchInflatedByteCountMax),
        ("batchChangeCountMax", Limits.batchChangeCountMax),
        ("batchWriteCountMax", Limits.batchWriteCountMax),
        ("deflateByteCountMin", Limits.deflateByteCountMin),
        ("batchesInFlightMax", Limits.batchesInFlightMax),
        ("byteCountInFlightMax", Limits.byteCountInFlightMax),
        ("batchesInFlightStatedMax", Limits.batchesInFlightStatedMax),
        ("unaskedByteCountMax", Limits.unaskedByteCountMax),
        ("scopeCountMax", Limits.scopeCountMax),
        ("frontierHeadCountMax", Limits.frontierHeadCountMax),
        ("marksMax", Limits.marksMax),
        ("batchChainCountMax", Limits.batchChainCountMax),
        ("gapAnswersMax", Limits.gapAnswersMax),
        ("certificateByteCountMax", Limits.certificateByteCountMax),
        ("enrolmentCodeByteCountMax", Limits.enrolmentCodeByteCountMax),
        ("schemeByteCountMax", Limits.schemeByteCountMax),
        ("schemePartByteCountMax", Limits.schemePartByteCountMax),
        ("schemeInflatedByteCountMax", Limits.schemeInflatedByteCountMax),
        ("parcelFramesByteCountMax", Limits.parcelFramesByteCountMax),
        ("parcelRecordFullByteCount", Limits.parcelRecordFullByteCount),
        ("parcelRecordByteCountMax", Limits.parcelRecordByteCountMax),
        ("wordsByteCountMax", Limits.wordsByteCountMax),
        ("silenceSecondsMax", Int(Limits.silenceSecondsMax)),
        ("helloSecondsMax", Int(Limits.helloSecondsMax)),
        ("frameSecondsMax", Int(Limits.frameSecondsMax)),
        ("lingerSecondsMax", Int(Limits.lingerSecondsMax)),
        ("connectionCountMax", Limits.connectionCountMax),
        ("refusalCountMax", Limits.refusalCountMax),
        ("otherFileCountMax", Limits.otherFileCountMax),
        ("controlByteCountMax", Limits.controlByteCountMax),
        ("clientControlByteCountMax", Limits.clientControlByteCountMax),
        ("unsentByteCountMax", Limits.unsentByteCountMax),
        ("readByteCountMax", Limits.readByteCountMax),
        ("refusalNoteSecondsMin", Int(Limits.refusalNoteSecondsMin)),
        ("memoryByteCountMax", Limits.memoryByteCountMax),
        ("batchMemoryByteCountMax", Limits.batchMemoryByteCountMax),
    ]

    @Test("Limits")
    func limits() throws {
        let table = try Specification.table(under: "## Limits")
        #expect(table.map { $0[0] } == Self.limits.map(\.0))
        #expect(table.map { Int($0[1].filter { $0 != "," }) } == Self.limits.map(\.1))
    }

    @Test("No limit of the sources is left out")
    func allLimits() throws {
        let sources = try [
            "Protocol/ReportWire/Limits.swift", "Protocol/ReportModel/Change.swift",
        ].map(Repository.text).joined()
        let names = sources.matches(of: /static let (\w+M(?:ax|in))\b/).map { String($0.1) }
        #expect(Set(names).isSubset(of: Self.limits.map(\.0)))
    }

    @Test("Goodbye codes, which are never reused")
    func goodbyeCodes() throws {
        // Frozen: a code that stands here keeps its number and meaning for ever. New ones are added at the end.
        let frozen: [(UInt64, String)] = [
            (1, "frameTooLarge"), (2, "frameTooShort"), (3, "checksumMismatch"), (4, "unknownCriticalKind"),
            (5, "malformedMessage"), (6, "unexpectedMessage"), (7, "clientTooOld"), (8, "clientTooNew"),
            (9, "unknownUnit"), (10, "inflatesBeyondStatedSize"), (11, "scopeNotServed"), (12, "tooManyGaps"),
            (13, "shuttingDown"), (14, "silentTooLong"), (15, "storeFailed"), (16, "connectionLost"),
            (17, "tooManyConnections"), (18, "tooSlow"), (19, "unprovenBatch"),
            (20, "notEnrolled"), (21, "otherUnit"), (22, "deviceRevoked"), (23, "codeUnknown"), (24, "codeUsed"),
            (25, "codeExpired"), (26, "requestRefused"), (27, "notThisProtocol"),
        ]
        let codes = ProtocolError.Code.allCases.sorted { $0.rawValue < $1.rawValue }
        #expect(codes.map(\.rawValue) == frozen.map(\.0))
        #expect(codes.map { String(describing: $0) } == frozen.map(\.1))
        let table = try Specification.table(under: "## Goodbye codes")
        #expect(table.map { UInt64($0[0]) } == frozen.map(\.0))
        #expect(table.map { $0[1] } == frozen.map(\.1))
    }

    @Test("Messages")
    func messages() throws {
        let frozen: [(UInt8, String)] = [
            (1, "hello"), (2, "welcome"), (3, "have"), (4, "batch"), (5, "receipt"), (6, "scheme"), (7, "done"),
            (8, "goodbye"), (9, "want"), (10, "enrol"), (11, "certificate"),
        ]
        #expect(Message.Kind.allCases.map(\.rawValue) == frozen.map(\.0))
        #expect(Message.Kind.allCases.map { String(describing: $0) } == frozen.map(\.1))
        let table = try Specification.table(under: "## Messages")
        #expect(table.map { UInt8($0[0]) } == frozen.map(\.0))
        #expect(table.map { $0[1] } == frozen.map(\.1))
    }

    @Test("Qualifiers")
    func qualifiers() throws {
        let text = try Repository.text(Specification.path)
        let directions: [Qualifier.Direction: String] = [
            .below: "below", .above: "above", .around: "around", .atLeast: "at least",
        ]
        for qualifier in Qualifier.allCases {
            let row = "| \(qualifier.wireNumber) | \(qualifier.rawValue) | \(directions[qualifier.direction]!) |"
            #expect(text.contains(row), "\(row)")
        }
        #expect(!text.contains("| \(Qualifier.allCases.count + 1) | 近"))
    }

    @Test("Examples of numbers")
    func numbers() throws {
        for row in try Self.numberRows() {
            let number = try #require(Int64(row[0].replacing("−", with: "-")))
            if !row[1].isEmpty {
                var writer = ByteWriter()
                writer.varint(UInt64(number))
                #expect(writer.bytes == (try Self.bytes(row[1])))
            }
            var writer = ByteWriter()
            writer.signed(number)
            #expect(writer.bytes == (try Self.bytes(row[2])))
        }
        var writer = ByteWriter()
        writer.varint(Period("2024-H1")!.wireNumber)
        #expect(Hexadecimal.text(writer.bytes) == "88a23f")
        #expect(Period("2024-H1")!.wireNumber == 1_036_552)
        #expect(UnitCode("410728-01")!.wireNumber == 4_189_836_530)
    }

    @Test("The preset dictionary")
    func dictionary() throws {
        #expect(try Specification.recorded("dictionary") == Specification.dictionary)
    }

    private static func numberRows() throws -> [[String]] {
        let text = try Repository.text(Specification.path)
        let lines = text.split(separator: "\n").drop { $0 != "| Number | varint | signed |" }.dropFirst(2)
        return lines.prefix { $0.hasPrefix("|") }.map { line in
            line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
                .map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }

    private static func bytes(_ cell: String) throws -> [UInt8] {
        try Hexadecimals.bytes(cell.filter { $0 != "`" })
    }
}
