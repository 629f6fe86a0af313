import ClientStore
import ReportModel
import ReportStorage
import TestSupport
import Testing

/// Nothing is ever replaced that the person had not seen.
@Suite("Compare and set")
struct CompareAndSetTests {
    enum Cell: CaseIterable {
        case empty, one, conflict, equalConcurrent
    }

    enum Verb: CaseIterable {
        /// `set` and `import`: over what is there, or over what `--seen` names.
        case set, resolve
    }

    enum Token: CaseIterable {
        case none, fresh, stale
    }

    enum Result: Equatable {
        case new, changed, refused(WriteRefusal.Reason)
    }

    static let table: [(Cell, Verb, Token, Result)] = [
        (.empty, .set, .none, .new),
        (.empty, .set, .fresh, .new),
        (.empty, .set, .stale, .refused(.changedSinceShown)),
        (.empty, .resolve, .none, .refused(.notInConflict)),
        (.empty, .resolve, .fresh, .refused(.notInConflict)),
        (.empty, .resolve, .stale, .refused(.changedSinceShown)),
        (.one, .set, .none, .changed),
        (.one, .set, .fresh, .changed),
        (.one, .set, .stale, .refused(.changedSinceShown)),
        (.one, .resolve, .none, .refused(.notInConflict)),
        (.one, .resolve, .fresh, .refused(.notInConflict)),
        (.one, .resolve, .stale, .refused(.changedSinceShown)),
        (.conflict, .set, .none, .refused(.inConflict)),
        (.conflict, .set, .fresh, .refused(.inConflict)),
        (.conflict, .set, .stale, .refused(.changedSinceShown)),
        (.conflict, .resolve, .none, .changed),
        (.conflict, .resolve, .fresh, .changed),
        (.conflict, .resolve, .stale, .refused(.changedSinceShown)),
        (.equalConcurrent, .set, .none, .changed),
        (.equalConcurrent, .set, .fresh, .changed),
        (.equalConcurrent, .set, .stale, .refused(.changedSinceShown)),
        (.equalConcurrent, .resolve, .none, .refused(.notInConflict)),
        (.equalConcurrent, .resolve, .fresh, .refused(.notInConflict)),
        (.equalConcurrent, .resolve, .stale, .refused(.changedSinceShown)),
    ]

    private func office(_ cell: Cell) throws -> Office {
        let (office, colleague) = (try Office(), try Office(0xB2))
        switch cell {
        case .empty: break
        case .one: try office.write(.number("1"))
        case .conflict, .equalConcurrent:
            try office.write(.number("1"))
            try colleague.write(.number(cell == .conflict ? "2" : "1.00"))
            try office.take(from: colleague)
        }
        return office
    }

    private func basis(_ verb: Verb, _ token: Token, _ cell: CellState) -> Edit.Basis {
        let seen: SeenToken? =
            switch token {
            case .none: nil
            case .fresh: cell.seen
            case .stale: SeenToken("0123456789abcdef")
            }
        return verb == .resolve ? .resolving(seen) : seen.map { .seen($0) } ?? .present
    }

    private func expect(_ outcome: EditOutcome, _ result: Result) {
        switch (outcome, result) {
        case (.new, .new), (.changed, .changed): break
        case (.refused(let refusal), .refused(let reason)): #expect(refusal.reason == reason)
        default: Issue.record("\(outcome) instead of \(result)")
        }
    }

    @Test("A write is made or refused as the table says, and a refused one leaves no trace", arguments: table)
    func decided(cell: Cell, verb: Verb, token: Token, result: Result) throws {
        let office = try self.office(cell)
        let (before, shown) = (try office.contents(), try office.store.cell(Office.cell))
        let outcome = try office.write(.number("7"), self.basis(verb, token, shown))
        self.expect(outcome, result)
        if outcome.isWritten {
            // It replaces all that was there.
            #expect(try office.store.cell(Office.cell).versions.map(\.version.value) == [.number("7")])
            #expect(try office.contents().log.count == before.log.count + 1)
        } else {
            #expect(try office.contents() == before)
            guard case .refused(let refusal) = outcome else { return }
            #expect(refusal.cell == shown)
        }
    }

    @Test("The table is whole")
    func whole() {
        #expect(Self.table.count == Cell.allCases.count * Verb.allCases.count * Token.allCases.count)
    }

    @Test("What changes after it was shown makes the token stale")
    func changedSinceShown() throws {
        let (office, colleague) = (try Office(), try Office(0xB2))
        try office.write(.number("1"))
        let seen = try office.store.cell(Office.cell).seen
        try colleague.take(from: office)
        try colleague.write(.number("2"))
        try office.take(from: colleague)
        self.expect(try office.write(.number("3"), .seen(seen)), .refused(.changedSinceShown))
        #expect(try office.store.cell(Office.cell).value == .number("2"))
    }

    @Test("Deciding for the value that is shown already writes it, and ends the conflict")
    func decideForShown() throws {
        let office = try self.office(.conflict)
        let shown = try office.store.cell(Office.cell)
        self.expect(try office.write(shown.value, .resolving(shown.seen)), .changed)
        #expect(try office.store.cell(Office.cell).versions.count == 1)
        #expect(try office.store.conflicts().isEmpty)
    }

    @Test("A dry run decides and writes nothing", arguments: Cell.allCases)
    func dryRun(cell: Cell) throws {
        let office = try self.office(cell)
        let before = try office.contents()
        let edit = Edit(Office.cell, .number("7"))
        let now = Timestamp(secondsSince1970: 1)
        let outcome = try office.store.write([edit], now: now, dryRun: true)
        #expect(try office.contents() == before)
        #expect(try office.store.write([edit], now: now) == outcome)
    }

    @Test("A refused edit leaves the others of the same import")
    func othersGoOn() throws {
        let office = try self.office(.conflict)
        let edits = [
            Edit(Office.cell, .number("7")), Edit(Office.address("investment"), .number("8")),
            Edit(Office.address("quota"), .text(String(repeating: "x", count: ChangeLimits.textByteCountMax + 1))),
        ]
        let outcomes = try office.store.write(edits, now: Timestamp(secondsSince1970: 1))
        self.expect(outcomes[0], .refused(.inConflict))
        self.expect(outcomes[1], .new)
        self.expect(outcomes[2], .refused(.textTooLong))
        #expect(try office.store.cell(Office.address("investment")).value == .number("8"))
    }

    @Test("Of two edits of one cell in one call the second is refused: nobody has seen the first")
    func sameCellTwice() throws {
        let office = try Office()
        let edits = [Edit(Office.cell, .number("1")), Edit(Office.cell, .number("2"))]
        for isDryRun in [true, false] {
            let outcomes = try office.store.write(edits, now: Timestamp(secondsSince1970: 1), dryRun: isDryRun)
            self.expect(outcomes[0], .new)
            self.expect(outcomes[1], .refused(.changedSinceShown))
        }
        #expect(try office.store.cell(Office.cell).value == .number("1"))
        // What was written can be read by others.
        for entry in try office.log() {
            #expect(throws: Never.self) { try Change(canonicalBytes: entry.stored.canonicalBytes) }
        }
    }
}
