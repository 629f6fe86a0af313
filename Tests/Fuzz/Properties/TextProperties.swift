import ReportModel

/// What parses prints the same, or parses to the same again.
enum TextProperties {
    // MARK: - Names

    static func names(_ input: [UInt8]) throws {
        let text = String(decoding: input, as: UTF8.self)
        try self.print(text, (try? CellAddress(text))?.description, "cell address")
        try self.print(text, Period(text)?.description, "period")
        try self.print(text, UnitCode(text)?.description, "unit")
        try self.print(text, Code(text)?.description, "code")
        try self.print(text, CalendarDate(text)?.description, "date")
        try self.print(text, TimeOfDay(text)?.description, "time of day")
        try self.print(text, ReplicaID(text)?.description, "replica")
        guard input.count >= 8 else { return }
        try self.numbers(input.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
    }

    private static func print(_ text: String, _ printed: String?, _ what: String) throws {
        guard let printed else { return }
        try require(Array(printed.utf8) == Array(text.utf8), "the \(what) \(text) is printed as \(printed)")
    }

    /// The same names as they stand on the wire.
    private static func numbers(_ number: UInt64) throws {
        // Most numbers are far too large; the short ones are tried of every input.
        for number in [number, number >> 24, number >> 32, number >> 40] {
            try require(Period(wireNumber: number).map { $0.wireNumber == number } ?? true, "period \(number)")
            try require(UnitCode(wireNumber: number).map { $0.wireNumber == number } ?? true, "unit \(number)")
            try require(CalendarDate(wireNumber: number).map { $0.wireNumber == number } ?? true, "date \(number)")
            if let period = Period(wireNumber: number) {
                try self.print("\(period)", Period("\(period)")?.description, "")
            }
            if let unit = UnitCode(wireNumber: number) {
                try self.print("\(unit)", UnitCode("\(unit)")?.description, "")
            }
            if let date = CalendarDate(wireNumber: number) {
                try require(CalendarDate("\(date)") == date, "date \(date)")
                try require(CalendarDate(dayNumber: date.dayNumber) == date, "day \(date)")
                _ = date.next
            }
        }
        let time = Timestamp(secondsSince1970: Int64(bitPattern: number))
        _ = time.description
        if let (day, timeOfDay) = time.inShanghai {
            let back = Timestamp(day, timeOfDay)
            try require(back == time, "\(time) in Shanghai and back")
        }
    }

    // MARK: - Values

    static func values(_ input: [UInt8]) throws {
        let text = String(decoding: input, as: UTF8.self)
        for type in ValueType.allCases {
            guard let value = try? ValueText.value(text, as: type) else { continue }
            let again = try? ValueText.value(value.description, as: type)
            try require(
                again.map { Self.bytes(of: $0) == Self.bytes(of: value) } ?? false,
                "“\(text)” as \(type) is \(value), and that is \(again.map { "\($0)" } ?? "nothing")"
            )
        }
        do throws(MalformedValue) {
            _ = try ValueText.number(text)
        } catch {
            _ = error.explanation.english + error.advice.chinese
        }
        try self.decimals(text)
    }

    /// The one encoding of a value: `==` takes 1.0 for 1.00, and é for é.
    private static func bytes(of value: CellValue) -> [UInt8] {
        var writer = ByteWriter()
        writer.value(value)
        return writer.bytes
    }

    /// Two decimals parted by a blank.
    private static func decimals(_ text: String) throws {
        let decimals = text.split(separator: " ").prefix(2).compactMap { ExactDecimal($0) }
        for decimal in decimals {
            let again = ExactDecimal(decimal.description)
            try require(
                again?.mantissa == decimal.mantissa && again?.scale == decimal.scale,
                "\(decimal) is printed as it was read"
            )
            try require(Fraction(decimal).exactDecimal == decimal, "\(decimal) as a fraction")
        }
        guard decimals.count == 2 else { return }
        let (a, b) = (decimals[0], decimals[1])
        try require([a < b, b < a, a == b].count { $0 } == 1, "\(a) and \(b) are in one order")
        try require((Fraction(a) < Fraction(b)) == (a < b), "\(a) and \(b) are in the order of their fractions")
        let sum = try? a.adding(b)
        try require(sum == (try? b.adding(a)), "\(a) + \(b) both ways")
        if let sum {
            try require((try? sum.subtracting(b)) == a, "\(a) + \(b) - \(b)")
            try require(Fraction(sum) == Fraction(a) + Fraction(b), "\(a) + \(b) as fractions")
        }
        _ = try? a.percent(of: b, decimals: 2)
        if let quotient = Fraction(a) / Fraction(b) {
            try require(quotient * Fraction(b) == Fraction(a), "\(a) / \(b) × \(b)")
            _ = quotient.rounded(decimals: 2)
            _ = quotient.floor
        }
    }
}
