import ReportModel
import TestSupport
import Testing

@Suite("Values and qualifiers")
struct CellValueTests {
    /// Frozen: these numbers are in stores and on sticks. A new word is appended with the next number.
    static let qualifiers: [(String, UInt8, Qualifier.Direction, String)] = [
        ("近", 1, .below, "近200"), ("接近", 2, .below, "接近200"), ("不足", 3, .below, "不足200"),
        ("超", 4, .above, "超200"), ("突破", 5, .above, "突破200"), ("余", 6, .above, "200余"),
        ("多", 7, .above, "200多"), ("约", 8, .around, "约200"), ("左右", 9, .around, "200左右"),
        ("以上", 10, .atLeast, "200以上"), ("不少于", 11, .atLeast, "不少于200"), ("至少", 12, .atLeast, "至少200"),
    ]

    @Test("A qualifier keeps its word, number, direction and side", arguments: qualifiers)
    func qualifier(_ word: String, _ number: UInt8, _ direction: Qualifier.Direction, _ printed: String) throws {
        let qualifier = try #require(Qualifier(rawValue: word))
        #expect(qualifier.wireNumber == number)
        #expect(Qualifier(wireNumber: number) == qualifier)
        #expect(qualifier.direction == direction)
        #expect(Quantity(ExactDecimal(200), qualifier: qualifier).description == printed)
    }

    @Test("Every qualifier is in the table, and no other number is one")
    func everyQualifier() {
        #expect(Self.qualifiers.map(\.0) == Qualifier.allCases.map(\.rawValue))
        #expect(Set(Self.qualifiers.map(\.1)).count == Self.qualifiers.count)
        for number in UInt8(13)...255 { #expect(Qualifier(wireNumber: number) == nil) }
        #expect(Qualifier(wireNumber: 0) == nil)
    }

    private static func number(
        _ number: String,
        upper: String? = nil,
        _ qualifier: Qualifier? = nil
    ) -> CellValue {
        .number(Quantity(ExactDecimal(number)!, upper: upper.map { ExactDecimal($0)! }, qualifier: qualifier))
    }

    /// No two are equal.
    static let different: [CellValue] = [
        .missing, .notApplicable, .withheld, .boolean(false), .boolean(true), .text(""), .text("0"), .choice(""),
        .choice("0"), .date(CalendarDate("2024-02-29")!), number("0"), number("1"), number("-1"), number("1.01"),
        number("1", .near), number("1", .about), number("1", upper: "1"), number("1", upper: "2"),
    ]

    @Test("Different values are different: missing is not zero, about 1 is not 1")
    func unequal() {
        for (i, left) in Self.different.enumerated() {
            for (j, right) in Self.different.enumerated() {
                #expect((left == right) == (i == j), "\(left) and \(right)")
            }
        }
    }

    static let equal: [(CellValue, CellValue)] = [
        (number("1.0"), number("1.00")), (number("0"), number("0.000")), (number("200", .near), number("200.0", .near)),
        (number("8", upper: "10"), number("8.0", upper: "10.00")), (number("-1.50"), number("-1.5")),
    ]

    @Test("Equal numbers are equal values, but each keeps its own scale in its bytes and its text", arguments: equal)
    func equalButNotTheSame(_ left: CellValue, _ right: CellValue) throws {
        #expect(left == right)
        #expect(left.hashValue == right.hashValue)
        #expect(left.description != right.description)
        var (leftBytes, rightBytes) = (ByteWriter(), ByteWriter())
        leftBytes.value(left)
        rightBytes.value(right)
        #expect(leftBytes.bytes != rightBytes.bytes)
        var reader = ByteReader(rightBytes.bytes)
        #expect(try reader.value().description == right.description)
    }

    @Test("Only equal values of concurrent writes are no conflict")
    func conflict() {
        func version(_ replica: UInt64, _ value: CellValue) -> Version {
            Version(
                time: Timestamp(secondsSince1970: 0),
                replica: ReplicaID(rawValue: replica),
                sequence: 1,
                hash: ChainHash(high: replica, low: 0),
                value: value
            )
        }
        #expect(![Version]().isConflict)
        #expect(![version(1, .missing)].isConflict)
        for (left, right) in Self.equal { #expect(![version(1, left), version(2, right)].isConflict) }
        for (i, left) in Self.different.enumerated() {
            for right in Self.different[..<i] {
                #expect([version(1, left), version(2, right)].isConflict, "\(left) and \(right)")
                #expect([version(1, left), version(2, left), version(3, right)].isConflict, "\(left) and \(right)")
            }
        }
    }

    @Test("A quantity with a qualifier or a range is approximate")
    func approximate() {
        #expect(!Quantity(ExactDecimal(1)).isApproximate)
        #expect(Quantity(ExactDecimal(1), qualifier: .over).isApproximate)
        #expect(Quantity(ExactDecimal(1), upper: ExactDecimal(2)).isApproximate)
    }
}
