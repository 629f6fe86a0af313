import ReportModel
import TestSupport
import Testing

@Suite("Units, codes and cell addresses")
struct CellAddressTests {
    @Test(
        "A unit is six digits and up to two groups of two",
        arguments: ["410000", "410728", "410728-01", "410728-01-02", "000000-00-00"]
    )
    func unit(_ text: String) {
        #expect(UnitCode(text)?.description == text)
    }

    @Test(
        "What is no unit is refused",
        arguments: [
            "", "41072", "4107280", "41072a", "410728-", "410728-1", "410728-001", "410728-01-", "410728-01-02-03",
            "-410728", "410728--01", "410728_01", " 410728", "410728 ", "４１０７２８", "410728-０1", "+10728", "410728-+1",
        ]
    )
    func noUnit(_ text: String) {
        #expect(UnitCode(text) == nil)
    }

    @Test("Units are in the order of their texts, a zone after its county")
    func unitOrder() {
        let texts = ["410000", "410728", "410728-01", "410728-01-01", "410728-01-02", "410728-02", "410729"]
        #expect(texts.reversed().compactMap { UnitCode($0) }.sorted().map(\.description) == texts)
    }

    @Test("A code is up to 64 letters, digits, _ and -")
    func codes() {
        let longest = String(repeating: "x", count: 64)
        for text in ["", "a", "Z", "0", "_devices", "foo-bar_9", longest] { #expect(Code(text)?.description == text) }
        for text in ["a b", "a/b", "é", "路", "a.b", "a\n", "\u{212A}", longest + "x"] { #expect(Code(text) == nil) }
        let ascending: [Code] = ["", "-", "0", "Z", "_", "a", "aa", "b"]
        #expect(ascending.reversed().sorted() == ascending)
        #expect(ascending.filter(\.isSystem) == ["_"])
    }

    static let addresses: [(String, CellAddress)] = [
        (
            "410728-01/infrastructure/2024-H1/roads",
            CellAddress(
                unit: UnitCode("410728-01")!,
                form: "infrastructure",
                period: Period("2024-H1")!,
                item: "roads"
            )
        ),
        (
            "410728/projects/2024/P-1/total_investment",
            CellAddress(
                unit: UnitCode("410728")!,
                form: "projects",
                period: .year(2024),
                row: "P-1",
                item: "total_investment"
            )
        ),
        (
            "410728-01-02/_devices/-/00000000000000ff/name",
            CellAddress(SystemForm.deviceName(of: ReplicaID(rawValue: 255)), in: UnitCode("410728-01-02")!)
        ),
    ]

    @Test("An address is printed and read in one form", arguments: addresses)
    func text(_ text: String, _ address: CellAddress) throws {
        #expect(address.description == text)
        #expect(try CellAddress(text) == address)
        #expect(CellAddress(address.inScope, in: address.unit) == address)
    }

    static let malformed: [(String, MalformedAddress.Part)] = [
        ("", .partCount(1)), ("410728", .partCount(1)), ("410728/f/2024", .partCount(3)),
        ("410728/f/2024/r/i/x", .partCount(6)), ("/410728/f/2024/r/i", .partCount(6)),
        ("41072/f/2024/i", .unit("41072")), ("/f/2024/i", .unit("")), (" 410728/f/2024/i", .unit(" 410728")),
        ("410728//2024/i", .form("")), ("410728/f f/2024/i", .form("f f")), ("410728/报表/2024/i", .form("报表")),
        ("410728/f//i", .period("")), ("410728/f/2024-13/i", .period("2024-13")), ("410728/f/i/2024", .period("i")),
        ("410728/f/2024//i", .row("")), ("410728/f/2024/行/i", .row("行")), ("410728/f/2024/a.b/i", .row("a.b")),
        ("410728/f/2024/", .item("")), ("410728/f/2024/r/", .item("")), ("410728/f/2024/i ", .item("i ")),
        ("410728/f/2024/r/值", .item("值")),
    ]

    @Test("A malformed address says which part is at fault, in both languages", arguments: malformed)
    func refused(_ text: String, _ part: MalformedAddress.Part) throws {
        let error = try #require(throws: MalformedAddress.self) { try CellAddress(text) }
        #expect(error.part == part)
        #expect(error.text == text)
        #expect(error.code == "malformed_address")
        for language in Language.allCases {
            #expect(error.explanation[language].contains(text))
            #expect(!error.advice[language].isEmpty)
        }
    }

    @Test("Addresses are ordered by unit, form, period, row and item")
    func order() throws {
        let texts = [
            "410728/a/-/i", "410728/a/2024/i", "410728/a/2024/j", "410728/a/2024/r/h", "410728/a/2024-H1/a",
            "410728/b/2023/i", "410728-01/a/-/a",
        ]
        let addresses = try texts.map { try CellAddress($0) }
        #expect(addresses.reversed().sorted().map(\.description) == texts)
    }

    @Test("Any address is read back from its text", arguments: UInt64(0)..<200)
    func roundTrip(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let address = CellAddress(.random(using: &random), in: UnitCode("410728-01")!)
        #expect(try CellAddress(address.description) == address, "replay with seed \(seed)")
    }

    @Test("A replica is 16 hexadecimal digits and nothing else")
    func replicas() {
        for number in [0, 1, 0x0123_4567_89AB_CDEF, UInt64.max] {
            let replica = ReplicaID(rawValue: number)
            #expect(replica.description.utf8.count == 16)
            #expect(ReplicaID(replica.description) == replica)
        }
        for text in ["", "f", "00000000000000ff0", "+0000000000000ff", "-0000000000000ff", "000000000000000g", "０"] {
            #expect(ReplicaID(text) == nil, "\(text)")
        }
    }
}
