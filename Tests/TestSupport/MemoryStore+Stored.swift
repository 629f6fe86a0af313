import ReportModel

extension MemoryStore {
    /// The log as a store on a disk would send it.
    package var storedChanges: [StoredChange] {
        self.log.map { entry in
            StoredChange(chained: entry.chained, hash: entry.accepted.hash, canonicalBytes: entry.canonicalBytes)
        }
    }
}
