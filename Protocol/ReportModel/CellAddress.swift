/// The code of a reporting unit: GB/T 2260 six digits (`410728`), then zones and subzones (`410728-01-02`).
///
/// The code of a unit is also the name of its scope: replication, permission and frontiers are per unit.
package struct UnitCode: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let description: String

    /// - Returns: `nil` unless `text` is 6 digits and up to two groups of two digits, joined by `-`.
    package init?(_ text: some StringProtocol) {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        guard (1...3).contains(groups.count), groups[0].utf8.count == 6,
            groups.dropFirst().allSatisfy({ $0.utf8.count == 2 }),
            groups.allSatisfy({ DigitText.number($0) != nil })
        else { return nil }
        self.description = String(text)
    }

    package static func < (left: Self, right: Self) -> Bool {
        left.description.utf8.lexicographicallyPrecedes(right.description.utf8)
    }
}

extension UnitCode {
    /// The unit with whose code this one begins, within which it was made: 410728 of 410728-01. `nil` for six digits.
    package var enclosing: UnitCode? { UnitCode(self.description.dropLast(3)) }

    /// One number for each unit, in the order of the codes (Protocol/README.md, "Units"):
    /// `(digits × 101 + zone) × 101 + subzone`, where a zone or subzone counts from 1 and 0 is none.
    package var wireNumber: UInt64 {
        let groups = self.description.split(separator: "-").map { UInt64($0)! }
        let zone = groups.count > 1 ? groups[1] + 1 : 0
        let subzone = groups.count > 2 ? groups[2] + 1 : 0
        return (groups[0] * 101 + zone) * 101 + subzone
    }

    /// - Returns: `nil` when no unit has this number.
    package init?(wireNumber: UInt64) {
        let (digits, zone, subzone) = (wireNumber / 10_201, wireNumber / 101 % 101, wireNumber % 101)
        guard digits < 1_000_000, zone > 0 || subzone == 0 else { return nil }
        func group(_ number: UInt64) -> String { number == 0 ? "" : "-" + DigitText.padded(Int(number) - 1, 2) }
        self.init(DigitText.padded(Int(digits), 6) + group(zone) + group(subzone))
    }
}

/// Where a figure lives: unit, form, period, row and item. Everything reported is a cell.
///
/// The one text form is `unit/form/period/item`, or `unit/form/period/row/item` in a floating form:
/// `410728-01/infrastructure/2024-H1/roads`. This type parses and prints it; nothing else does.
package struct CellAddress: Hashable, Sendable {
    package var unit: UnitCode
    package var form: Code
    package var period: Period
    /// ``Code/empty`` in a fixed form.
    package var row: Code
    package var item: Code

    package init(unit: UnitCode, form: Code, period: Period, row: Code = .empty, item: Code) {
        precondition(!form.isEmpty && !item.isEmpty)
        self.unit = unit
        self.form = form
        self.period = period
        self.row = row
        self.item = item
    }
}

/// A form, row or item code: 0…64 of `a-z A-Z 0-9 _ -`, as text that needs no escaping anywhere.
package struct Code: Hashable, Comparable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    package static let byteCountMax = 64

    package let description: String

    /// - Returns: `nil` when `text` is too long or has another character.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count <= Self.byteCountMax, text.utf8.allSatisfy(Self.isAllowed) else { return nil }
        self.description = String(text)
    }

    /// For codes that the program itself names.
    package init(stringLiteral text: String) {
        self.init(text)!
    }

    package static let empty: Code = ""

    package var isEmpty: Bool { self.description.isEmpty }

    package static func < (left: Self, right: Self) -> Bool {
        left.description.utf8.lexicographicallyPrecedes(right.description.utf8)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default:
            false
        }
    }
}

extension CellAddress: CustomStringConvertible {
    package var description: String {
        let row = self.row.isEmpty ? "" : "\(self.row)/"
        return "\(self.unit)/\(self.form)/\(self.period)/\(row)\(self.item)"
    }

    /// Reads exactly the forms that ``description`` prints.
    package init(_ text: some StringProtocol) throws(MalformedAddress) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 4 || parts.count == 5 else { throw MalformedAddress(text, .partCount(parts.count)) }
        guard let unit = UnitCode(parts[0]) else { throw MalformedAddress(text, .unit(String(parts[0]))) }
        guard let form = Code(parts[1]), !form.isEmpty else { throw MalformedAddress(text, .form(String(parts[1]))) }
        guard let period = Period(parts[2]) else { throw MalformedAddress(text, .period(String(parts[2]))) }
        let row = parts.count == 5 ? Code(parts[3]) : .empty
        guard let row, parts.count == 4 || !row.isEmpty else { throw MalformedAddress(text, .row(String(parts[3]))) }
        guard let item = parts.last.flatMap({ Code($0) }), !item.isEmpty else {
            throw MalformedAddress(text, .item(String(parts[parts.count - 1])))
        }
        self.init(unit: unit, form: form, period: period, row: row, item: item)
    }
}

extension CellAddress: Comparable {
    /// By unit, then in the order of writes within a change (``AddressInScope``).
    package static func < (left: Self, right: Self) -> Bool {
        left.unit == right.unit ? left.inScope < right.inScope : left.unit < right.unit
    }

    /// The address without its unit, which is the scope of every change that writes it.
    package var inScope: AddressInScope {
        AddressInScope(form: self.form, period: self.period, row: self.row, item: self.item)
    }

    package init(_ address: AddressInScope, in scope: UnitCode) {
        self.init(unit: scope, form: address.form, period: address.period, row: address.row, item: address.item)
    }
}

/// A cell address within a scope, ordered by form, period, row and item (codes by their bytes, periods by
/// their number): the canonical order of writes.
package struct AddressInScope: Hashable, Comparable, Sendable {
    package var form: Code
    package var period: Period
    package var row: Code
    package var item: Code

    package init(form: Code, period: Period, row: Code = .empty, item: Code) {
        self.form = form
        self.period = period
        self.row = row
        self.item = item
    }

    package static func < (left: Self, right: Self) -> Bool {
        if left.form != right.form { return left.form < right.form }
        if left.period != right.period { return left.period < right.period }
        if left.row != right.row { return left.row < right.row }
        return left.item < right.item
    }
}

/// A text that is no cell address, and which part is at fault.
package struct MalformedAddress: ExplainedError, Equatable {
    /// The part at fault, with its text.
    package enum Part: Equatable, Sendable {
        case partCount(Int)
        case unit(String), form(String), period(String), row(String), item(String)
    }

    package let text: String
    package let part: Part

    init(_ text: some StringProtocol, _ part: Part) {
        self.text = String(text)
        self.part = part
    }

    package var code: String { "malformed_address" }

    package var explanation: Bilingual {
        switch self.part {
        case .partCount(let count):
            Bilingual(
                "“\(self.text)”不是单元格地址：有 \(count) 段，应为 4 或 5 段。",
                "“\(self.text)” is not a cell address: it has \(count) parts instead of 4 or 5."
            )
        case .unit(let part): self.explain("单位代码", "unit code", part)
        case .form(let part): self.explain("报表代码", "form code", part)
        case .period(let part): self.explain("报告期", "period", part)
        case .row(let part): self.explain("行标识", "row", part)
        case .item(let part): self.explain("指标代码", "item code", part)
        }
    }

    package var advice: Bilingual {
        Bilingual(
            "请写成 单位/报表/报告期/指标，例如 410728-01/infrastructure/2024-H1/roads。",
            "Write unit/form/period/item, for example 410728-01/infrastructure/2024-H1/roads."
        )
    }

    private func explain(_ chinese: String, _ english: String, _ part: String) -> Bilingual {
        Bilingual("“\(self.text)”中的“\(part)”不是\(chinese)。", "“\(part)” in “\(self.text)” is not a \(english).")
    }
}
