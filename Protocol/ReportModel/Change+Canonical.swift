// The canonical encoding of a change: the bytes that are hashed and stored, the same on every machine.
// The format is specified in Protocol/README.md, "The canonical change"; this file is its one implementation.

extension Change {
    /// The one encoding of this change.
    package var canonicalBytes: [UInt8] {
        var writer = ByteWriter(reserving: 32 + self.writes.count * 16)
        writer.signed(self.time.secondsSince1970)
        writer.string(self.author)
        writer.references(self.contextDifference)
        writer.varint(self.writes.count)
        var previous: AddressInScope?
        for write in self.writes {
            writer.address(write.address, after: previous)
            writer.value(write.value)
            previous = write.address
        }
        return writer.bytes
    }

    /// Reads one change that fills `bytes`.
    ///
    /// - Throws: `MalformedBytes` when these are not the canonical bytes of any change.
    package init(canonicalBytes bytes: [UInt8]) throws(MalformedBytes) {
        guard bytes.count <= ChangeLimits.canonicalByteCountMax else {
            throw MalformedBytes(
                offset: 0,
                expected: "at most \(ChangeLimits.canonicalByteCountMax) bytes, not \(bytes.count)"
            )
        }
        var reader = ByteReader(bytes)
        self.time = Timestamp(secondsSince1970: try reader.signed())
        self.author = try reader.string(upTo: ChangeLimits.authorByteCountMax)
        self.contextDifference = try reader.references(upTo: ChangeLimits.contextDifferenceCountMax)
        let count = try reader.count(upTo: ChangeLimits.writeCountMax, of: "writes")
        guard count > 0 else { throw reader.malformed("at least one write") }
        var writes: [Write] = []
        writes.reserveCapacity(count)
        for _ in 0..<count {
            let address = try reader.address(after: writes.last?.address)
            writes.append(Write(address, try reader.value()))
        }
        try reader.requireEnd()
        self.writes = writes
    }
}

extension ByteWriter {
    /// A sorted list of references: count, then replica, sequence and tag of each.
    package mutating func references(_ references: [Reference]) {
        self.varint(references.count)
        for reference in references {
            self.fixed(reference.replica.rawValue)
            self.varint(reference.sequence)
            self.fixed(reference.tag)
        }
    }

    /// A mask of the parts that differ from the address before, those parts, then the item.
    fileprivate mutating func address(_ address: AddressInScope, after previous: AddressInScope?) {
        let form = address.form != previous?.form ?? .empty
        let period = address.period != previous?.period ?? .none
        let row = address.row != previous?.row ?? .empty
        self.byte((form ? 1 : 0) | (period ? 2 : 0) | (row ? 4 : 0))
        if form { self.string(address.form.description) }
        if period { self.varint(address.period.wireNumber) }
        if row { self.string(address.row.description) }
        self.string(address.item.description)
    }

    /// A value: its head byte, then what the head announces.
    package mutating func value(_ value: CellValue) {
        self.byte(value.wireHead)
        switch value {
        case .missing, .notApplicable, .withheld, .boolean:
            break
        case .date(let date):
            self.varint(date.wireNumber)
        case .text(let text), .choice(let text):
            self.string(text)
        case .number(let quantity):
            if let qualifier = quantity.qualifier { self.byte(qualifier.wireNumber) }
            self.byte(UInt8(quantity.number.scale))
            self.signed(quantity.number.mantissa)
            if let upper = quantity.upper {
                self.byte(UInt8(upper.scale))
                self.signed(upper.mantissa)
            }
        }
    }
}

extension ByteReader {
    /// - Throws: `MalformedBytes` also when the list is not strictly ascending.
    package mutating func references(upTo countMax: Int) throws(MalformedBytes) -> [Reference] {
        let count = try self.count(upTo: countMax, of: "references")
        var references: [Reference] = []
        references.reserveCapacity(min(count, self.remaining / 13))
        for _ in 0..<count {
            let reference = Reference(
                replica: ReplicaID(rawValue: try self.fixed(UInt64.self)),
                sequence: try self.varint(),
                tag: try self.fixed(UInt32.self)
            )
            guard reference.sequence > 0 else { throw self.malformed("a sequence from 1") }
            if let last = references.last, !(last < reference) {
                throw self.malformed("references in ascending order")
            }
            references.append(reference)
        }
        return references
    }

    fileprivate mutating func address(after previous: AddressInScope?) throws(MalformedBytes) -> AddressInScope {
        let mask = try self.byte()
        guard mask < 8 else { throw self.malformed("a mask of form, period and row") }
        let form = mask & 1 != 0 ? try self.code() : previous?.form ?? .empty
        let period = mask & 2 != 0 ? try self.period() : previous?.period ?? .none
        let row = mask & 4 != 0 ? try self.code() : previous?.row ?? .empty
        let item = try self.code()
        guard !form.isEmpty, !item.isEmpty else { throw self.malformed("a form and an item") }
        let repeats =
            (mask & 1 != 0 && form == previous?.form ?? .empty)
            || (mask & 2 != 0 && period == previous?.period ?? .none)
            || (mask & 4 != 0 && row == previous?.row ?? .empty)
        guard !repeats else { throw self.malformed("only the parts that differ from the address before") }
        let address = AddressInScope(form: form, period: period, row: row, item: item)
        if let previous, !(previous < address) { throw self.malformed("writes in ascending order") }
        return address
    }

    /// Reads a form, row or item code.
    package mutating func code() throws(MalformedBytes) -> Code {
        guard let code = Code(try self.string(upTo: Code.byteCountMax)) else { throw self.malformed("a code") }
        return code
    }

    /// Reads a period.
    package mutating func period() throws(MalformedBytes) -> Period {
        guard let period = Period(wireNumber: try self.varint()) else { throw self.malformed("a period") }
        return period
    }

    /// Reads a cell value in its one encoding.
    package mutating func value() throws(MalformedBytes) -> CellValue {
        let head = try self.byte()
        switch head {
        case WireHead.missing: return .missing
        case WireHead.notApplicable: return .notApplicable
        case WireHead.withheld: return .withheld
        case WireHead.no: return .boolean(false)
        case WireHead.yes: return .boolean(true)
        case WireHead.date:
            guard let date = CalendarDate(wireNumber: try self.varint()) else { throw self.malformed("a date") }
            return .date(date)
        case WireHead.text: return .text(try self.string(upTo: ChangeLimits.textByteCountMax))
        case WireHead.choice: return .choice(try self.string(upTo: ChangeLimits.textByteCountMax))
        case WireHead.number, WireHead.number | WireHead.qualified, WireHead.number | WireHead.ranged:
            return .number(try self.quantity(head: head))
        default: throw self.malformed("the head of a value")
        }
    }

    private mutating func quantity(head: UInt8) throws(MalformedBytes) -> Quantity {
        var qualifier: Qualifier?
        if head & WireHead.qualified != 0 {
            qualifier = Qualifier(wireNumber: try self.byte())
            guard qualifier != nil else { throw self.malformed("a qualifier") }
        }
        let number = try self.decimal()
        guard head & WireHead.ranged != 0 else { return Quantity(number, qualifier: qualifier) }
        let upper = try self.decimal()
        guard number <= upper else { throw self.malformed("a range from low to high") }
        return Quantity(number, upper: upper)
    }

    /// Reads a decimal: scale, then mantissa.
    package mutating func decimal() throws(MalformedBytes) -> ExactDecimal {
        let scale = Int(try self.byte())
        guard let decimal = ExactDecimal(mantissa: try self.signed128(), scale: scale) else {
            throw self.malformed("a number within the limits")
        }
        return decimal
    }
}

/// The head bytes of values. Never reused.
package enum WireHead {
    package static let missing: UInt8 = 0
    package static let notApplicable: UInt8 = 1
    package static let withheld: UInt8 = 2
    package static let no: UInt8 = 3
    package static let yes: UInt8 = 4
    package static let date: UInt8 = 5
    package static let text: UInt8 = 6
    package static let choice: UInt8 = 7
    package static let number: UInt8 = 8
    /// Added to ``number``: a qualifier precedes the number.
    package static let qualified: UInt8 = 16
    /// Added to ``number``: the upper bound of a range follows. A range has no qualifier.
    package static let ranged: UInt8 = 32
}

extension CellValue {
    package var wireHead: UInt8 {
        switch self {
        case .missing: WireHead.missing
        case .notApplicable: WireHead.notApplicable
        case .withheld: WireHead.withheld
        case .boolean(let boolean): boolean ? WireHead.yes : WireHead.no
        case .date: WireHead.date
        case .text: WireHead.text
        case .choice: WireHead.choice
        case .number(let quantity):
            WireHead.number | (quantity.qualifier == nil ? 0 : WireHead.qualified)
                | (quantity.upper == nil ? 0 : WireHead.ranged)
        }
    }
}

extension CalendarDate {
    /// `(year × 16 + month) × 32 + day`.
    package var wireNumber: UInt64 { UInt64((self.year * 16 + self.month) * 32 + self.day) }

    package init?(wireNumber: UInt64) {
        guard wireNumber < 10_000 * 512 else { return nil }
        let number = Int(wireNumber)
        self.init(year: number >> 9, month: number >> 5 & 15, day: number & 31)
    }
}
