import ReportModel

/// The client's first word: who it is, and how far it has got everywhere.
package struct Hello: Hashable, Sendable {
    /// The protocol versions the client speaks.
    package var versions: ClosedRange<UInt64>
    package var capabilities: Capabilities
    package var replica: ReplicaID
    /// The client's wall clock, so that a wrong one can be shown. Nothing is refused because of it.
    package var time: Timestamp
    /// The first 8 bytes of the fingerprint of the client's scheme.
    package var scheme: UInt64
    /// The claimed unit first, then the units below it that the client knows, each with its tip.
    package var scopes: [Scope]

    /// One scope, and how far the client has got there.
    package struct Scope: Hashable, Sendable {
        package var unit: UnitCode
        /// The first 8 bytes of the scope's tip; 0 when the client holds nothing there.
        package var tip: UInt64

        package init(unit: UnitCode, tip: UInt64) {
            self.unit = unit
            self.tip = tip
        }
    }

    package init(
        versions: ClosedRange<UInt64> = Limits.versions,
        capabilities: Capabilities = .all,
        replica: ReplicaID,
        time: Timestamp,
        scheme: UInt64,
        scopes: [Scope]
    ) {
        self.versions = versions
        self.capabilities = capabilities
        self.replica = replica
        self.time = time
        self.scheme = scheme
        self.scopes = scopes
    }

    func write(to writer: inout ByteWriter) {
        writer.varint(self.versions.lowerBound)
        writer.varint(self.versions.upperBound)
        writer.varint(self.capabilities.rawValue)
        writer.fixed(self.replica.rawValue)
        writer.signed(self.time.secondsSince1970)
        writer.fixed(self.scheme)
        writer.varint(self.scopes.count)
        var previous: UnitCode?
        for scope in self.scopes {
            writer.unit(scope.unit, after: previous)
            writer.fixed(scope.tip)
            previous = scope.unit
        }
    }

    /// The versions that a hello or an enrol states: its first two fields, whatever follows. `nil` when they are none.
    static func versions(of payload: [UInt8]) -> ClosedRange<UInt64>? {
        var reader = ByteReader(payload)
        guard let oldest = try? reader.varint(), let newest = try? reader.varint(), oldest <= newest else { return nil }
        return oldest...newest
    }

    init(from reader: inout ByteReader) throws(MalformedBytes) {
        let (oldest, newest) = (try reader.varint(), try reader.varint())
        guard oldest <= newest else { throw reader.malformed("versions from old to new") }
        self.versions = oldest...newest
        self.capabilities = Capabilities(rawValue: try reader.varint())
        self.replica = ReplicaID(rawValue: try reader.fixed(UInt64.self))
        self.time = Timestamp(secondsSince1970: try reader.signed())
        self.scheme = try reader.fixed(UInt64.self)
        let count = try reader.count(upTo: Limits.scopeCountMax, of: "scopes")
        guard count > 0 else { throw reader.malformed("the claimed unit") }
        self.scopes = []
        for _ in 0..<count {
            let unit = try reader.unit(after: self.scopes.last?.unit)
            self.scopes.append(Scope(unit: unit, tip: try reader.fixed(UInt64.self)))
        }
    }
}

extension ByteWriter {
    mutating func unit(_ unit: UnitCode) {
        self.varint(unit.wireNumber)
    }

    /// A unit in a list: how far its number is from the one before.
    mutating func unit(_ unit: UnitCode, after previous: UnitCode?) {
        self.signed(Int64(unit.wireNumber) - Int64(previous?.wireNumber ?? 0))
    }
}

extension ByteReader {
    mutating func unit() throws(MalformedBytes) -> UnitCode {
        guard let unit = UnitCode(wireNumber: try self.varint()) else { throw self.malformed("a unit") }
        return unit
    }

    mutating func unit(after previous: UnitCode?) throws(MalformedBytes) -> UnitCode {
        let (number, overflow) = Int64(previous?.wireNumber ?? 0).addingReportingOverflow(try self.signed())
        guard !overflow, number >= 0, let unit = UnitCode(wireNumber: UInt64(number)) else {
            throw self.malformed("a unit")
        }
        return unit
    }
}
