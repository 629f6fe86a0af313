import ReportModel

/// Notices where the seals of a damaged store's own changes have a hole. Behind it none is kept: sealing begins after the
/// last seal of a line (`Sealing.swift`), and so makes them all anew, where the changes can be parted now.
struct OwnSeals {
    private struct Line {
        /// Of the changes since the last seal.
        var (count, byteCount) = (0, 0)
        /// How many changes of the scope were taken up to the last one of the line.
        var place = 0
        var hasHole = false
    }

    private var lines: [ScopeChains.LineNumber: Line] = [:]
    private var counts: [UnitCode: Int] = [:]

    /// Notes the next change of a scope's log.
    ///
    /// - Parameters:
    ///   - isOwn: whether this store seals it.
    ///   - isSealed: whether a seal of it was found.
    /// - Returns: Whether that seal is kept.
    mutating func keepsSeal(
        at position: ScopeChains.Position,
        in scope: UnitCode,
        byteCount: Int,
        isOwn: Bool,
        isSealed: Bool
    ) -> Bool {
        let place = self.counts[scope, default: 0] + 1
        self.counts[scope] = place
        guard isOwn else { return isSealed }
        var line = self.lines[position.line] ?? Line()
        // Sealing puts a seal before whatever stands between, and within this many bytes.
        let isInterrupted = line.count > 0 && line.place + 1 < place
        line.count += 1
        line.byteCount += byteCount
        line.place = place
        let isTooLong = line.count > 1 && line.byteCount > ChangeLimits.sealedRunByteCountMax
        if isInterrupted || isTooLong { line.hasHole = true }
        if isSealed { (line.count, line.byteCount) = (0, 0) }
        self.lines[position.line] = line
        return isSealed && !line.hasHole
    }
}
