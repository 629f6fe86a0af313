import ReportModel
import ReportStorage

// What parcels ask of the store, besides what a sync does. An answer may come late, twice, or after one that is newer: then
// it can still say what the province has taken, but only the newest can say what it has lost
// (Protocol/Decisions/0014-parcels.md).

extension ClientStore {
    /// A number for a parcel, higher than those before.
    package func newParcelNumber() throws -> UInt64 {
        try self.database.write { writer in
            // A store that was rebuilt may know one of the two only.
            let last = try max(
                Self.parcelNumber(Setting.parcelsMade, writer.reader),
                Self.parcelNumber(Setting.parcelsAnswered, writer.reader)
            )
            // Nobody makes 2⁶⁴ parcels; a setting that says so was not written by this program.
            let number = last &+ 1
            try writer.set(Setting.parcelsMade, to: String(number))
            return number
        }
    }

    /// Whether the answer to this parcel is the newest word of the province.
    package func isNews(answering number: UInt64) throws -> Bool {
        try self.database.read { try Self.isNews(answering: number, $0) }
    }

    /// Whether the province has answered a later parcel since.
    package func isOutdated(answering number: UInt64) throws -> Bool {
        try self.database.read { try number < Self.parcelNumber(Setting.parcelsAnswered, $0) }
    }

    /// Notes what the province held of a scope when it answered a parcel. Where it holds changes of this store's own that
    /// are missing here, the store goes on under a new id.
    ///
    /// - Parameter newReplica: the id to take then, drawn at random.
    package func noteProvinceHeld(
        _ frontier: Frontier,
        in scope: UnitCode,
        answering number: UInt64,
        now: Timestamp,
        newReplica: ReplicaID
    ) throws {
        try self.database.write { writer in
            if try Self.isNews(answering: number, writer.reader) {
                // What the answer continues it brings itself, and that is marked when it is taken.
                try writer.setDelivered(frontier, in: scope)
            } else {
                try writer.markDelivered(frontier.heads, in: scope)
            }
            try writer.noteShown(frontier.heads, in: scope, now: now, newReplica: newReplica)
        }
    }

    /// The whole answer to this parcel has been taken.
    package func noteAnswered(_ number: UInt64, at now: Timestamp) throws {
        try self.database.write { writer in
            guard try Self.isNews(answering: number, writer.reader) else { return }
            try Self.noteAnswered(number, writer)
            try writer.set(Setting.lastSync, to: String(now.secondsSince1970))
            // This was a sync that went well.
            try writer.set(Setting.refusal, to: "")
        }
    }

    private static func isNews(answering number: UInt64, _ reader: StoreReader) throws -> Bool {
        try number > self.parcelNumber(Setting.parcelsAnswered, reader)
    }

    static func noteAnswered(_ number: UInt64, _ writer: StoreWriter) throws {
        let before = try self.parcelNumber(Setting.parcelsAnswered, writer.reader)
        if number > before { try writer.set(Setting.parcelsAnswered, to: String(number)) }
    }

    static func parcelNumber(_ setting: String, _ reader: StoreReader) throws -> UInt64 {
        try reader.setting(setting).flatMap { UInt64($0) } ?? 0
    }
}
