import Foundation
import GRDB
import ReportModel

/// The tables that both kinds of store have. A migration, once released, never changes: append.
enum Schema {
    /// `PRAGMA user_version` of a store is how many of its kind's migrations it has had.
    static func migrations(of kind: StoreKind) -> [@Sendable (Database) throws -> Void] {
        switch kind {
        case .client:
            [
                { try $0.execute(sql: Self.shared) }, { try $0.execute(sql: Self.importedNames) }, Self.addFilings,
                Self.addChecksums, { try $0.execute(sql: Self.seals) },
            ]
        case .server:
            [
                { try $0.execute(sql: Self.shared + Self.serverOnly) }, Self.addFilings, Self.addChecksums,
                { try $0.execute(sql: Self.seals) },
            ]
        }
    }

    private static let shared = """
        -- Named values: the store's replica, unit, server, scheme …
        CREATE TABLE setting (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;

        -- Form, row and item codes as small numbers. 0 is the empty code.
        CREATE TABLE code (number INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
        INSERT INTO code VALUES (0, '');

        CREATE TABLE scope (number INTEGER PRIMARY KEY, unit TEXT NOT NULL UNIQUE);

        -- Runs of changes without a branch (ScopeChains.Line). replica: the 64 bits as a signed number.
        -- delivered_sequence: up to where the province has receipted the line.
        CREATE TABLE line (
            number INTEGER PRIMARY KEY, scope INTEGER NOT NULL, replica INTEGER NOT NULL,
            fork_line INTEGER, fork_sequence INTEGER,
            head_sequence INTEGER NOT NULL, head_hash BLOB NOT NULL, frontier BLOB NOT NULL,
            delivered_sequence INTEGER NOT NULL);
        CREATE INDEX line_by_scope ON line (scope);

        -- The log: canonical bytes in order of arrival, which is a causal order. received: this store's clock, seconds.
        CREATE TABLE change (
            position INTEGER PRIMARY KEY, line INTEGER NOT NULL, sequence INTEGER NOT NULL,
            hash BLOB NOT NULL, received INTEGER NOT NULL, bytes BLOB NOT NULL,
            UNIQUE (line, sequence));

        -- The version shown of every cell. others: 0 no further version, 1 further ones of equal value, 2 a conflict.
        CREATE TABLE cell (
            form INTEGER NOT NULL, period INTEGER NOT NULL, scope INTEGER NOT NULL, row INTEGER NOT NULL,
            item INTEGER NOT NULL, line INTEGER NOT NULL, sequence INTEGER NOT NULL, others INTEGER NOT NULL,
            value BLOB NOT NULL,
            PRIMARY KEY (form, period, scope, row, item)) WITHOUT ROWID;

        -- The further versions of those few cells that have any.
        CREATE TABLE version (
            form INTEGER NOT NULL, period INTEGER NOT NULL, scope INTEGER NOT NULL, row INTEGER NOT NULL,
            item INTEGER NOT NULL, line INTEGER NOT NULL, sequence INTEGER NOT NULL, value BLOB NOT NULL,
            PRIMARY KEY (scope, form, period, row, item, line, sequence)) WITHOUT ROWID;

        -- The reporting scheme's files.
        CREATE TABLE scheme_file (name TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;

        """

    @Sendable private static func addFilings(_ database: Database) throws {
        try database.execute(sql: Self.filing)
        try StoreWriter(database).noteAllFilings()
    }

    private static let filing = """
        -- When reports began to be there: the first value of a form and period, or the first submission (is_submission
        -- 1). filled: the author's clock; received: this store's clock; seconds.
        CREATE TABLE filing (
            form INTEGER NOT NULL, period INTEGER NOT NULL, scope INTEGER NOT NULL, is_submission INTEGER NOT NULL,
            filled INTEGER NOT NULL, received INTEGER NOT NULL,
            PRIMARY KEY (form, period, scope, is_submission)) WITHOUT ROWID;

        """

    /// checksum: over the columns of a change that its hash says nothing about (`LogPlace`).
    @Sendable private static func addChecksums(_ database: Database) throws {
        try database.execute(sql: "ALTER TABLE change ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0")
        let function = DatabaseFunction("log_place_checksum", argumentCount: 5, pure: true) { values in
            let numbers = values[..<4].map { Int64.fromDatabaseValue($0) ?? 0 }
            let place = LogPlace(
                position: numbers[0],
                line: numbers[1],
                sequence: numbers[2],
                received: numbers[3]
            )
            return place.checksum(with: Data.fromDatabaseValue(values[4]).map { [UInt8]($0) } ?? [])
        }
        database.add(function: function)
        try database.execute(
            sql: "UPDATE change SET checksum = log_place_checksum(position, line, sequence, received, hash)"
        )
        database.remove(function: function)
    }

    private static let seals = """
        -- Who seals the line: 16 bytes; NULL where nobody seals.
        ALTER TABLE line ADD COLUMN signer BLOB;

        -- The signatures of the lines' signers over changes, each with all that is before it in its chain.
        CREATE TABLE seal (
            line INTEGER NOT NULL, sequence INTEGER NOT NULL, signature BLOB NOT NULL,
            PRIMARY KEY (line, sequence)) WITHOUT ROWID;

        -- The keys of the devices to which the authority has granted something in a scope.
        CREATE TABLE granted (
            scope INTEGER NOT NULL, device BLOB NOT NULL, key BLOB NOT NULL,
            PRIMARY KEY (scope, device)) WITHOUT ROWID;

        -- The authority's changes that revoke a device in a scope, or end its revocations. seen: what the change had in
        -- its context, references as on the wire.
        CREATE TABLE act (
            scope INTEGER NOT NULL, device BLOB NOT NULL, line INTEGER NOT NULL, sequence INTEGER NOT NULL,
            is_end INTEGER NOT NULL, seen BLOB NOT NULL,
            PRIMARY KEY (scope, device, line, sequence)) WITHOUT ROWID;

        -- Writes that do not count, and why. write_index: among the writes of the change.
        CREATE TABLE discounted (
            line INTEGER NOT NULL, sequence INTEGER NOT NULL, write_index INTEGER NOT NULL, reason TEXT NOT NULL,
            PRIMARY KEY (line, sequence, write_index, reason)) WITHOUT ROWID;

        """

    private static let serverOnly = """
        -- Every replica that has said hello. last_seen: this store's clock, seconds.
        CREATE TABLE device (replica INTEGER PRIMARY KEY, unit TEXT NOT NULL, last_seen INTEGER NOT NULL);

        """

    private static let importedNames = """
        -- Names in imports that the scheme does not have. form: '' for a unit's. rows: how many wanted it, over all
        -- imports. first_seen: this store's clock, seconds. code: what somebody decided that it means.
        CREATE TABLE imported_name (
            form TEXT NOT NULL, name TEXT NOT NULL, rows INTEGER NOT NULL, first_seen INTEGER NOT NULL, code TEXT,
            PRIMARY KEY (form, name)) WITHOUT ROWID;

        """
}
