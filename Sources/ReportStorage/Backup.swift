import GRDB
import ReportModel

extension ReportDatabase {
    /// Copies the store, as it is at one moment, to a file of its own, while others go on reading and writing it.
    ///
    /// The copy is a whole store: put in a folder under the name of its kind, it is opened as any other.
    ///
    /// - Parameter progress: told how many pages of how many are copied.
    /// - Throws: ``FileExists``, `StoreError`; then there is no file of that name.
    package func backUp(
        to path: String,
        progress: @escaping (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws {
        let file = PublishedFile(path: path)
        do {
            let copy = try Self.explaining(path: path) { try DatabaseQueue(path: file.draft) }
            // What cannot be read is this store's; what cannot be written is said of the copy below.
            try Self.explaining(path: self.path) {
                try self.connection.read { source in
                    // From here on the connection sees one moment, however many steps the copy takes.
                    _ = try Int.fetchOne(source, sql: "SELECT count(*) FROM sqlite_master")
                    try copy.writeWithoutTransaction { target in
                        do {
                            try source.backup(to: target, pagesPerStep: Self.pagesPerStep) {
                                progress($0.completedPageCount, $0.totalPageCount)
                            }
                        } catch let error as DatabaseError where !error.resultCode.isOfDamage {
                            throw Self.explained(error, path: path)
                        }
                    }
                }
            }
            try Self.explaining(path: path) { try copy.close() }
            try file.publish(alreadyThere: FileExists(path: path))
        } catch {
            file.discard()
            throw error
        }
    }

    /// 4 MiB at a time: often enough to say how far the copy has got.
    private static let pagesPerStep: CInt = 1024
}
