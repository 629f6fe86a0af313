import ReportModel
import ReportScheme
import ReportStorage

extension ServerStore {
    /// Makes a new store of what can be read of a damaged one, in its place.
    ///
    /// - Parameters:
    ///   - scheme: to work by, if the store's own cannot be read: no other store is the source of the province's scheme.
    ///   - newReplica: the store's replica, if its own cannot be read or some of its own changes are lost.
    /// - Throws: `StoreError`, ``UnreadableScheme``; then everything is as it was.
    package static func rebuild(
        in directory: String,
        scheme: SchemeSource?,
        newReplica: ReplicaID,
        now: Timestamp
    ) throws -> Rebuilt {
        try ReportDatabase.rebuild(
            kind: .server,
            directory: directory,
            newReplica: newReplica,
            now: now,
            completing: { saved in
                let mark = saved.values[StoreReader.schemeMark]
                let isWhole = mark.map { $0 == saved.schemeSource.fingerprint.description } ?? true
                if !isWhole || (try? Scheme.parse(saved.schemeSource)) == nil {
                    guard let scheme else { throw UnreadableScheme() }
                    saved.schemeFiles = Dictionary(uniqueKeysWithValues: scheme.files.map { ($0.name, $0.text) })
                }
                saved.values[StoreReader.schemeMark] = saved.schemeSource.fingerprint.description
            },
            units: { saved in Set((try? Scheme.parse(saved.schemeSource).units.map(\.code)) ?? []) }
        )
    }
}

/// The scheme of the province cannot be read from its damaged store.
package struct UnreadableScheme: ExplainedError {
    package let code = "scheme_unreadable"

    package let explanation = Bilingual(
        "损坏的数据库中读不出完整的报表制度，未作改动。",
        "The damaged store does not hold its whole scheme any more; it was left unchanged."
    )

    package let advice = Bilingual("请用 --scheme 指定报表制度目录。", "Name the scheme's directory with --scheme.")
}

extension ReportDatabase.SavedSettings {
    fileprivate var schemeSource: SchemeSource {
        SchemeSource(self.schemeFiles.map { SchemeSource.File(name: $0.key, text: $0.value) })
    }
}
