import ReportModel
import ReportScheme
import ReportStorage

extension ClientStore {
    /// Who a store is, as far as somebody says it because the damaged store does not.
    package struct GivenIdentity: Sendable {
        package var unit: UnitCode?
        package var server: String?
        package var name: String?
        package var author: String?

        package init(unit: UnitCode? = nil, server: String? = nil, name: String? = nil, author: String? = nil) {
            (self.unit, self.server, self.name, self.author) = (unit, server, name, author)
        }
    }

    /// Makes a new store of what can be read of a damaged one, in its place.
    ///
    /// - Parameters:
    ///   - given: takes the place of what cannot be read, and of nothing else.
    ///   - newReplica: the store's replica, if its own cannot be read or some of its own changes are lost.
    ///   - scheme: to work by until the province's comes with a sync, if the store's own cannot be read.
    /// - Throws: `StoreError`, ``UnreadableIdentity``; then everything is as it was.
    package static func rebuild(
        in directory: String,
        given: GivenIdentity,
        newReplica: ReplicaID,
        scheme: SchemeSource,
        now: Timestamp
    ) throws -> Rebuilt {
        try ReportDatabase.rebuild(
            kind: .client,
            directory: directory,
            newReplica: newReplica,
            now: now,
            completing: { saved in
                // A place of the log that was: what others have replaced is told anew.
                saved.values[Setting.replacedKnown] = nil
                if saved.values[Setting.unit].flatMap({ UnitCode($0) }) == nil {
                    saved.values[Setting.unit] = given.unit?.description
                }
                let options = [
                    (Setting.server, given.server), (Setting.name, given.name), (Setting.author, given.author),
                ]
                for (name, value) in options where saved.values[name] == nil { saved.values[name] = value }
                // The author's name is the device's where nobody said another, as for a new store.
                if saved.values[Setting.author] == nil { saved.values[Setting.author] = saved.values[Setting.name] }
                let needed = [Setting.unit, Setting.server, Setting.name]
                let missing = needed.filter { saved.values[$0] == nil }
                guard missing.isEmpty else { throw UnreadableIdentity(missing: missing) }
                if (try? Scheme.parse(saved.schemeSource)) == nil {
                    saved.schemeFiles = Dictionary(uniqueKeysWithValues: scheme.files.map { ($0.name, $0.text) })
                }
            },
            units: { saved in
                let own = saved.values[Setting.unit].flatMap { UnitCode($0) }
                let known = try? Scheme.parse(saved.schemeSource).units.map(\.code)
                return Set(known ?? []).union(own.map { [$0] } ?? [])
            }
        )
    }
}

/// A damaged store does not say any more whose it is.
package struct UnreadableIdentity: ExplainedError {
    /// The options that say it.
    package let missing: [String]

    package var code: String { "identity_unreadable" }

    package var explanation: Bilingual {
        Bilingual(
            "损坏的数据库中读不出本机的身份，未作改动。",
            "The damaged store does not say any more whose it is; it was left unchanged."
        )
    }

    package var advice: Bilingual {
        let options = self.missing.map { "--\($0)" }.joined(separator: " ")
        return Bilingual("请用选项补上：\(options)。", "Say it with these options: \(options).")
    }
}

extension ReportDatabase.SavedSettings {
    fileprivate var schemeSource: SchemeSource {
        SchemeSource(self.schemeFiles.map { SchemeSource.File(name: $0.key, text: $0.value) })
    }
}
