import ReportModel

/// The server's answer to a hello.
package struct Welcome: Hashable, Sendable {
    /// The protocol version of this connection: the highest that both speak.
    package var version: UInt64
    /// What both sides can do.
    package var capabilities: Capabilities
    /// The server's own replica.
    package var replica: ReplicaID
    /// The server's wall clock.
    package var time: Timestamp
    /// The first 8 bytes of the fingerprint of the server's scheme; when it differs from the client's, scheme parts follow.
    package var scheme: UInt64
    /// The batches that the client may have sent beyond the last receipt.
    package var batchesInFlightMax: Int
    /// How many `have` messages follow at once: one for each scope in which the two sides differ.
    package var differingScopeCount: Int
    /// The scopes that this connection serves; `nil` when they are exactly those of the hello.
    package var scopes: [UnitCode]?

    package init(
        version: UInt64,
        capabilities: Capabilities = .all,
        replica: ReplicaID,
        time: Timestamp,
        scheme: UInt64,
        batchesInFlightMax: Int,
        differingScopeCount: Int,
        scopes: [UnitCode]?
    ) {
        self.version = version
        self.capabilities = capabilities
        self.replica = replica
        self.time = time
        self.scheme = scheme
        self.batchesInFlightMax = batchesInFlightMax
        self.differingScopeCount = differingScopeCount
        self.scopes = scopes
    }

    func write(to writer: inout ByteWriter) {
        writer.varint(self.version)
        writer.varint(self.capabilities.rawValue)
        writer.fixed(self.replica.rawValue)
        writer.signed(self.time.secondsSince1970)
        writer.fixed(self.scheme)
        writer.varint(self.batchesInFlightMax)
        writer.varint(self.differingScopeCount)
        writer.varint(self.scopes?.count ?? 0)
        var previous: UnitCode?
        for unit in self.scopes ?? [] {
            writer.unit(unit, after: previous)
            previous = unit
        }
    }

    init(from reader: inout ByteReader) throws(MalformedBytes) {
        self.version = try reader.varint()
        self.capabilities = Capabilities(rawValue: try reader.varint())
        self.replica = ReplicaID(rawValue: try reader.fixed(UInt64.self))
        self.time = Timestamp(secondsSince1970: try reader.signed())
        self.scheme = try reader.fixed(UInt64.self)
        self.batchesInFlightMax = try reader.count(upTo: Limits.batchesInFlightStatedMax, of: "batches in flight")
        guard self.batchesInFlightMax > 0 else { throw reader.malformed("at least one batch in flight") }
        self.differingScopeCount = try reader.count(upTo: Limits.scopeCountMax, of: "differing scopes")
        let count = try reader.count(upTo: Limits.scopeCountMax, of: "scopes")
        var scopes: [UnitCode] = []
        for _ in 0..<count {
            scopes.append(try reader.unit(after: scopes.last))
        }
        self.scopes = count == 0 ? nil : scopes
    }
}
