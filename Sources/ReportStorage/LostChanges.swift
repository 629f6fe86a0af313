import GRDB
import ReportModel

/// Changes that this store had before it was damaged and rebuilt, and that nobody has given back yet.
package struct LostChanges: Hashable, Sendable {
    package let scope: UnitCode
    package let replica: ReplicaID
    /// The device's name, where the rest of the log tells it.
    package let device: String?
    /// As the replica numbers its changes in this scope.
    package let sequences: ClosedRange<UInt64>

    /// The named value that lists them: a line each of scope, replica and the last sequence that there was.
    fileprivate static let setting = "lost_changes"

    fileprivate struct Chain: Hashable {
        let scope: UnitCode
        let replica: ReplicaID
    }
}

extension StoreReader {
    /// What is still missing of what rebuilding could not save. What comes back with a sync is not, nor what is as
    /// far as the device has written since: it numbers its changes on from the last one that was saved.
    package func lostChanges() throws -> [LostChanges] {
        try self.lastKnown().sorted { ($0.key.scope, $0.key.replica) < ($1.key.scope, $1.key.replica) }
            .compactMap { chain, last in
                let lines = try self.chains(in: chain.scope).lines.filter { $0.replica == chain.replica }
                let held = lines.map(\.head.sequence).max() ?? 0
                guard held < last else { return nil }
                return LostChanges(
                    scope: chain.scope,
                    replica: chain.replica,
                    device: try self.deviceName(of: chain.replica, in: chain.scope),
                    sequences: held + 1...last
                )
            }
    }

    fileprivate func lastKnown() throws -> [LostChanges.Chain: UInt64] {
        var known: [LostChanges.Chain: UInt64] = [:]
        for line in try self.setting(LostChanges.setting)?.split(separator: "\n") ?? [] {
            let parts = line.split(separator: " ")
            guard parts.count == 3, let scope = UnitCode(String(parts[0])), let replica = ReplicaID(String(parts[1])),
                let last = UInt64(parts[2])
            else { continue }
            known[LostChanges.Chain(scope: scope, replica: replica)] = last
        }
        return known
    }
}

extension StoreWriter {
    /// Notes what could not be saved, beside what an earlier rebuilding noted.
    func noteLost(_ losses: [Rebuilt.Loss]) throws {
        var known = try self.reader.lastKnown()
        for loss in losses {
            guard let scope = loss.scope, let replica = loss.replica else { continue }
            let chain = LostChanges.Chain(scope: scope, replica: replica)
            known[chain] = max(known[chain] ?? 0, loss.knownSequence)
        }
        guard !known.isEmpty else { return }
        let lines = known.map { "\($0.key.scope) \($0.key.replica) \($0.value)" }.sorted()
        try self.set(LostChanges.setting, to: lines.joined(separator: "\n"))
    }
}
