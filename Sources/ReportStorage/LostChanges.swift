import GRDB
import ReportModel

/// Changes that this store had before it was damaged and rebuilt, and that nobody has given back yet.
package struct LostChanges: Hashable, Sendable {
    /// `nil`, like the replica, where nothing told it any more.
    package let scope: UnitCode?
    package let replica: ReplicaID?
    /// The device's name, where the rest of the log tells it.
    package let device: String?
    /// As the replica numbers its changes in this scope.
    package let sequences: ClosedRange<UInt64>

    /// The named value that lists them: a line each of scope, replica, the last sequence that was saved and the last that
    /// there was.
    fileprivate static let setting = "lost_changes"
    fileprivate static let unknown = "?"
}

extension StoreReader {
    /// What is still missing of what rebuilding could not save, until a person has accepted it. What comes back with a sync
    /// is not missing any more.
    package func lostChanges() throws -> [LostChanges] {
        try self.notedLosses().compactMap { loss in
            guard let scope = loss.scope, let replica = loss.replica else {
                return LostChanges(
                    scope: loss.scope,
                    replica: loss.replica,
                    device: nil,
                    sequences: loss.savedSequence + 1...loss.knownSequence
                )
            }
            let lines = try self.chains(in: scope).lines.filter { $0.replica == replica }
            let held = lines.map(\.head.sequence).max() ?? 0
            guard held < loss.knownSequence else { return nil }
            return LostChanges(
                scope: scope,
                replica: replica,
                device: try self.deviceName(of: replica, in: scope),
                sequences: held + 1...loss.knownSequence
            )
        }
    }

    fileprivate func notedLosses() throws -> [Rebuilt.Loss] {
        try self.setting(LostChanges.setting)?.split(separator: "\n").compactMap { line in
            var parts = line.split(separator: " ").map(String.init)
            // Former programs did not note how much was saved.
            if parts.count == 3 { parts.insert("0", at: 2) }
            guard parts.count == 4, let saved = UInt64(parts[2]), let known = UInt64(parts[3]), saved < known else {
                return nil
            }
            return Rebuilt.Loss(
                scope: UnitCode(parts[0]),
                replica: ReplicaID(parts[1]),
                savedSequence: saved,
                knownSequence: known
            )
        } ?? []
    }
}

extension StoreWriter {
    /// Notes what could not be saved, beside what an earlier rebuilding noted.
    ///
    /// - Parameter newReplica: as whom the store writes on, if some of its own changes may be among them: what it wrote
    ///   under the numbers of the lost ones would be another branch, and would hide that they are missing.
    func noteLost(_ losses: [Rebuilt.Loss], now: Timestamp, newReplica: ReplicaID) throws {
        guard !losses.isEmpty else { return }
        let all = try self.reader.notedLosses() + losses
        let lines = all.map { loss in
            let names = [loss.scope?.description, loss.replica?.description].map { $0 ?? LostChanges.unknown }
            return "\(names[0]) \(names[1]) \(loss.savedSequence) \(loss.knownSequence)"
        }
        try self.set(LostChanges.setting, to: lines.sorted().joined(separator: "\n"))
        let own = try self.reader.ownReplica()?.current
        if own != newReplica, losses.contains(where: { $0.replica == own || $0.replica == nil }) {
            try self.writeOn(as: newReplica, now: now)
        }
    }

    /// A person knows of the lost changes and has done what was to be done.
    ///
    /// - Returns: What is not told any more from now on.
    package func acceptLostChanges() throws -> [LostChanges] {
        let lost = try self.reader.lostChanges()
        try self.set(LostChanges.setting, to: "")
        return lost
    }
}
