import ReportModel
import ReportScheme

// The keys are a contract: scripts read them. Codes are never translated, absent is null.

extension Board: Encodable {
    private enum Key: String, CodingKey {
        case form, name, period, opens, due
        case lateBy = "late_by"
        case rows, reported, expected
    }

    /// Encodes the object `board` of the commands' contract; `name`, `opens` and `late_by` stand beside its keys.
    package func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Key.self)
        try object.encode(self.form.code.description, forKey: .form)
        try object.encode(self.form.name.chinese, forKey: .name)
        try object.encode(self.period.description, forKey: .period)
        // `encode`, not `encodeIfPresent`: what is absent is null.
        try object.encode(self.window?.opens.description, forKey: .opens)
        try object.encode(self.window?.due.description, forKey: .due)
        try object.encode(self.window?.lateBy.rawValue, forKey: .lateBy)
        try object.encode(self.rows, forKey: .rows)
        try object.encode(self.reportedCount, forKey: .reported)
        try object.encode(self.expectedCount, forKey: .expected)
    }
}

extension Board.Row: Encodable {
    private enum Key: String, CodingKey {
        case unit, name, level, state, filled, received
        case filledItems = "filled_items"
        case items
    }

    /// Encodes one row of `board`.
    package func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Key.self)
        try object.encode(self.unit.code.description, forKey: .unit)
        try object.encode(self.unit.name.chinese, forKey: .name)
        try object.encode(self.unit.level.rawValue, forKey: .level)
        try object.encode(self.state.rawValue, forKey: .state)
        try object.encode(self.filed?.filled.description, forKey: .filled)
        try object.encode(self.filed?.received.description, forKey: .received)
        try object.encode(self.filledItemCount, forKey: .filledItems)
        try object.encode(self.itemCount, forKey: .items)
    }
}
