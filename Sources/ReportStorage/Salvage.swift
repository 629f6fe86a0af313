import Foundation
import GRDB
import ReportModel

/// What can still be read of a damaged store. Nothing of it is proven; see ``Rebuilder``.
final class Salvage {
    var settings: [String: String] = [:]
    var schemeFiles: [String: String] = [:]
    /// Whether the scheme that was found may be an older one.
    private(set) var isSchemeDoubtful = false
    private(set) var importedNames: [StoredName] = []
    private(set) var devices: [FoundDevice] = []
    /// By number. A chain's name and ends are nothing that its changes do not prove again, but for its beginning.
    private(set) var lines: [Int64: FoundLine] = [:]
    /// The signatures over changes of a line, by line and sequence.
    private(set) var signatures: [Int64: [UInt64: [UInt8]]] = [:]
    /// Keys that any change says are granted; whose seals are valid, and whether they are granted, is another question.
    private(set) var keys: [DeviceID: DeviceKey] = [:]
    /// The units that may be meant by a number.
    private(set) var units: [Int64: Set<UnitCode>] = [:]
    /// Replicas that are named anywhere.
    private(set) var replicas: Set<ReplicaID> = []
    /// The changes, in a file that SQLite makes and removes by itself: the log may be larger than memory.
    private let log: DatabaseQueue

    /// A row of the table `line`.
    struct FoundLine {
        let scope: Int64
        let replica: ReplicaID
        let fork: ScopeChains.Position?
        let headSequence: UInt64
        let headHash: ChainHash
        let deliveredSequence: UInt64
        let signer: DeviceID?
    }

    /// A row of the table `device`.
    struct FoundDevice {
        let replica: ReplicaID
        let unit: UnitCode
        let lastSeen: Timestamp
    }

    /// A row of the table `change`.
    struct FoundChange {
        let line: Int64
        let sequence: UInt64
        let hash: ChainHash
        let received: Timestamp
        let bytes: [UInt8]
        /// Whether the row's checksum says that the time of receipt is the one that was written.
        let isChecked: Bool
    }

    /// - Parameters:
    ///   - path: a copy of the store's file, with its write-ahead log beside it; altered here.
    init(copy path: String) throws {
        self.log = try DatabaseQueue(path: "")
        try self.log.writeWithoutTransaction { database in
            try database.execute(
                sql: """
                    PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
                    CREATE TABLE found (
                        position INTEGER NOT NULL, line INTEGER NOT NULL, sequence INTEGER NOT NULL,
                        hash BLOB NOT NULL, received INTEGER NOT NULL, bytes BLOB NOT NULL,
                        is_checked INTEGER NOT NULL);
                    """
            )
        }
        // SQLite would drop what follows a damaged frame.
        let damagedLog = try WriteAheadLog(besideStoreAt: path)
        if damagedLog.damagedFrame != nil {
            // The file may be as new as its log: rows of pages that the log has damaged are in the file still.
            try self.note(ScannedPages(path: path), isAlone: true)
            self.isSchemeDoubtful = try !damagedLog.write(intoStoreAt: path)
            unlink(path + "-wal")
        }
        try SalvageHeader.repair(path)
        SalvageHeader.foldLog(path)
        let isAlone = !self.readTables(path)
        try self.note(ScannedPages(path: path), isAlone: isAlone)
        if !damagedLog.frames.isEmpty {
            try self.note(ScannedPages(path: path, lost: damagedLog.frames), isAlone: isAlone)
        }
        try self.log.writeWithoutTransaction { database in
            try database.execute(
                sql: """
                    CREATE INDEX found_by_place ON found (line, sequence);
                    CREATE INDEX found_by_position ON found (position)
                    """
            )
        }
    }

    private func note(_ pages: ScannedPages, isAlone: Bool) throws {
        try self.log.writeWithoutTransaction { database in
            try database.inTransaction {
                try pages.forEach { try self.note($0, isAlone: isAlone, database) }
                return .commit
            }
        }
    }

    var isEmpty: Bool {
        get throws { try self.settings[OwnReplica.setting] == nil && self.changeCount() == 0 }
    }

    func changeCount() throws -> Int {
        try self.log.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM found") ?? 0 }
    }

    /// The last sequence found of every line.
    func lastSequences() throws -> [Int64: UInt64] {
        try self.log.read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT line, max(sequence) AS sequence FROM found WHERE is_checked GROUP BY line"
            )
            .reduce(into: [:]) { $0[try $1.integer("line")] = try $1.count("sequence") }
        }
    }

    /// Every change, in the order of the log.
    func forEachChange(_ body: (FoundChange) throws -> Void) throws {
        try self.log.read { database in
            let rows = try Row.fetchCursor(database, sql: "SELECT * FROM found ORDER BY position")
            while let row = try rows.next() { try body(Self.change(row)) }
        }
    }

    /// The changes that may follow in a line. To be called within ``forEachChange(_:)`` too.
    func changes(ofLine line: Int64, sequence: UInt64) throws -> [FoundChange] {
        try self.log.unsafeReentrantRead { database in
            let statement = try database.cachedStatement(sql: "SELECT * FROM found WHERE line = ? AND sequence = ?")
            return try Row.fetchAll(statement, arguments: [line, Int64(sequence)]).map(Self.change)
        }
    }

    private static func change(_ row: Row) throws -> FoundChange {
        FoundChange(
            line: try row.integer("line"),
            sequence: try row.count("sequence"),
            hash: try row.chainHash("hash"),
            received: try row.time("received"),
            bytes: try row.bytes("bytes"),
            isChecked: try row.integer("is_checked") != 0
        )
    }

    // MARK: - Reading

    /// Reads the small tables by SQL, which knows what was deleted since.
    ///
    /// - Returns: whether that was possible.
    private func readTables(_ path: String) -> Bool {
        do {
            let queue = try DatabaseQueue(path: path)
            defer { try? queue.close() }
            try queue.writeWithoutTransaction { database in
                var settings: [String: String] = [:]
                for row in try Row.fetchAll(database, sql: "SELECT name, value FROM setting") {
                    settings[try row.text("name")] = try row.text("value")
                }
                let reader = StoreReader(database)
                let files = try reader.schemeFiles()
                let names = try database.tableExists("imported_name") ? reader.importedNames() : []
                let hasDevices = try database.tableExists("device")
                let devices = try hasDevices ? Row.fetchAll(database, sql: "SELECT * FROM device") : []
                // All of them or none: what the pages alone told is given up only for the whole.
                self.devices = try devices.compactMap { row in
                    guard let unit = UnitCode(try row.text("unit")) else { return nil }
                    let replica = ReplicaID(storedAs: try row.integer("replica"))
                    return FoundDevice(replica: replica, unit: unit, lastSeen: try row.time("last_seen"))
                }
                self.settings = settings
                self.schemeFiles = Dictionary(files.map { ($0.name, $0.text) }) { $1 }
                self.importedNames = names
            }
            return true
        } catch {
            return false
        }
    }

    /// - Parameter isAlone: whether the small tables are known from nothing else.
    private func note(_ record: ScannedPages.Record, isAlone: Bool, _ database: Database) throws {
        let values = record.values
        guard let number = record.number else {
            self.noteSeal(values)
            if isAlone { self.noteSmall(values) }
            return
        }
        switch values.count {
        case 6, 7: try self.noteChange(number, values, database)
        case 9, 10: self.noteLine(number, values)
        case 2:
            guard let text = values[1].text else { return }
            // A code of the table of codes may be a replica: that of a row of the devices.
            if let replica = ReplicaID(text) { self.replicas.insert(replica) }
            if let unit = UnitCode(text) { self.units[number, default: []].insert(unit) }
        case 3 where isAlone:
            guard let unit = values[1].text.flatMap({ UnitCode($0) }), let seen = values[2].integer else { return }
            let (replica, lastSeen) = (ReplicaID(storedAs: number), Timestamp(secondsSince1970: seen))
            self.devices.removeAll { $0.replica == replica }
            self.devices.append(FoundDevice(replica: replica, unit: unit, lastSeen: lastSeen))
        default: break
        }
    }

    private func noteSmall(_ values: [ScannedPages.Value]) {
        if values.count == 2, let name = values[0].text, let text = values[1].text {
            if name.hasSuffix(".yaml") {
                self.schemeFiles[name] = text
            } else {
                self.settings[name] = text
            }
        } else if values.count == 5, let form = values[0].text, let name = values[1].text,
            let rowCount = values[2].integer, let seen = values[3].integer
        {
            // The same page may be found twice, in the file and in its log.
            self.importedNames.removeAll { $0.form == form && $0.name == name }
            self.importedNames.append(
                StoredName(
                    form: form,
                    name: name,
                    rowCount: Int(rowCount),
                    firstSeen: Timestamp(secondsSince1970: seen),
                    code: values[4].text
                )
            )
        }
    }

    private func noteSeal(_ values: [ScannedPages.Value]) {
        guard values.count == 3, let line = values[0].integer,
            let sequence = values[1].integer.flatMap({ UInt64(exactly: $0) }),
            let signature = values[2].blob, signature.count == Seal.signatureByteCount
        else { return }
        self.signatures[line, default: [:]][sequence] = signature
    }

    private func noteLine(_ number: Int64, _ values: [ScannedPages.Value]) {
        guard let scope = values[1].integer, let replica = values[2].integer,
            let head = values[5].integer.flatMap({ UInt64(exactly: $0) }),
            let hash = values[6].blob.flatMap({ ChainHash(bytes: $0) }),
            let delivered = values[8].integer.flatMap({ UInt64(exactly: $0) }),
            head > self.lines[number]?.headSequence ?? 0
        else { return }
        let forkSequence = values[4].integer.flatMap { UInt64(exactly: $0) }
        self.lines[number] = FoundLine(
            scope: scope,
            replica: ReplicaID(storedAs: replica),
            fork: values[3].integer.flatMap { line in
                forkSequence.map { ScopeChains.Position(line: line, sequence: $0) }
            },
            headSequence: head,
            headHash: hash,
            deliveredSequence: delivered,
            signer: values.count > 9 ? values[9].blob.flatMap { DeviceID(bytes: $0) } : nil
        )
        self.replicas.insert(ReplicaID(storedAs: replica))
    }

    private func noteChange(_ position: Int64, _ values: [ScannedPages.Value], _ database: Database) throws {
        guard let line = values[1].integer, let sequence = values[2].integer, sequence > 0,
            let hash = values[3].blob, hash.count == ChainHash.byteCount, let received = values[4].integer,
            let bytes = values[5].blob, let change = try? Change(canonicalBytes: bytes)
        else { return }
        self.replicas.formUnion(change.contextDifference.map(\.replica))
        for (device, key) in change.grantedKeys { self.keys[device] = key }
        let place = LogPlace(position: position, line: line, sequence: sequence, received: received)
        // A store of an older program has no checksums, and is believed.
        let isChecked = values.count == 6 || values[6].integer == place.checksum(with: hash)
        let statement = try database.cachedStatement(sql: "INSERT INTO found VALUES (?, ?, ?, ?, ?, ?, ?)")
        try statement.execute(arguments: [position, line, sequence, Data(hash), received, Data(bytes), isChecked])
    }
}
