import ReportModel

/// Where a change stands in a store's log, and when it came: the columns that are the store's own, so that no hash of the
/// chain covers them. Lateness is judged by ``received``, and the order decides which change began a report.
struct LogPlace: Hashable {
    var position: Int64
    var line: Int64
    var sequence: Int64
    var received: Int64

    /// Four bytes over these and the change's hash, as a signed number, which SQLite keeps in four bytes.
    func checksum(with hash: [UInt8]) -> Int64 {
        var writer = ByteWriter(reserving: 48)
        for number in [self.position, self.line, self.sequence, self.received] {
            writer.fixed(UInt64(bitPattern: number))
        }
        writer.raw(hash)
        return Int64(Int32(bitPattern: ChainHash(digesting: writer.bytes).tag))
    }
}
