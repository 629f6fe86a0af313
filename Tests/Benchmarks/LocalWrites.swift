import ClientStore
import Foundation
import ReportModel
import ReportScheme
import ReportStorage
import TestSupport

/// What it costs a client to keep what was written with its history, ready to be synced, against the same cells as plain
/// SQLite upserts that are made durable just as often.
struct LocalWrites {
    /// The client's against plain SQLite.
    let time: Double
    let file: Double
    let writesPerSecond: Double

    init(_ writes: [Change.Write], cellsPerChange: Int, source: SchemeSource, in directory: String) throws {
        let plain = PlainSQLite(directory: directory)
        let plainPerSecond = plain.upsert(writes, rowsPerTransaction: cellsPerChange)
        let unit = UnitCode("410728-02")!
        let store = directory + "/client"
        try ClientStore.office(in: store, unit: unit, scheme: source).database.close()
        let file = store + "/" + StoreKind.client.fileName
        let emptyByteCount = try Self.byteCount(file)
        let client = try ClientStore(in: store, access: .write)
        let edits = writes.map { Edit(CellAddress($0.address, in: unit), $0.value) }
        let clock = ContinuousClock()
        let start = clock.now
        for first in stride(from: 0, to: edits.count, by: cellsPerChange) {
            _ = try client.write(Array(edits[first..<min(edits.count, first + cellsPerChange)]), now: Workday.time)
        }
        self.writesPerSecond = Double(writes.count) / ((clock.now - start) / .seconds(1))
        self.time = plainPerSecond / self.writesPerSecond
        try client.database.close()
        // The scheme's text is not part of what was written.
        self.file = Double(try Self.byteCount(file) - emptyByteCount) / Double(try Self.byteCount(plain.file))
    }

    private static func byteCount(_ file: String) throws -> Int {
        try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int ?? 0
    }
}
