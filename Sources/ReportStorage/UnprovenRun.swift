import GRDB
import ReportModel

/// Changes of a line that cannot be sent on, because no batch that fits a frame would prove them: seals are missing.
struct UnprovenRun: Equatable {
    let line: ScopeChains.LineNumber
    /// The first change after the last seal that is still there.
    let firstSequence: UInt64
}

extension StoreReader {
    /// What a scope's log holds that cannot be sent on: lines whose last change has no seal, and lines that stay without one
    /// while more is taken than a batch may have. Of several lines that do so together the first is told; once it is gone,
    /// the next is. Sound batches leave nothing of this kind.
    ///
    /// - Parameter own: whose changes count as sealed, because they will be before they are sent.
    /// - Complexity: every change of the scope, of which none is decoded.
    func unprovenRuns(in scope: UnitCode, except own: DeviceID?) throws -> [UnprovenRun] {
        guard let number = try self.number(of: scope) else { return [] }
        let chains = try self.chains(in: scope)
        let rows = try Row.fetchCursor(
            self.database,
            sql: """
                SELECT change.line, change.sequence, length(bytes) AS byte_count, seal.line IS NOT NULL AS is_sealed
                FROM change JOIN line ON line.number = change.line
                LEFT JOIN seal ON seal.line = change.line AND seal.sequence = change.sequence
                WHERE line.scope = ? ORDER BY position
                """,
            arguments: [number]
        )
        var search = UnprovenSearch(chains: chains)
        while let row = try rows.next() {
            let position = try row.position()
            let isOwn = try own != nil && chains.held(position.line).signer == own
            let isSealed = try isOwn || row.integer("is_sealed") != 0
            search.note(position, isSealed: isSealed, byteCount: Int(try row.count("byte_count")))
        }
        return search.found + search.openRuns
    }
}

/// Goes through a log, and looks where of every chain the last change so far is sealed: only there can it be parted.
private struct UnprovenSearch {
    private let chains: ScopeChains
    private(set) var found: [UnprovenRun] = []
    /// The last changes of chains that have no seal, and where in the log the chain's first of them is.
    private var open: [ScopeChains.Position: Int] = [:]
    private var lastSealed: [ScopeChains.LineNumber: UInt64] = [:]
    private var index = 0
    /// Of what has come since the log could be parted last.
    private var (count, byteCount, isTold) = (0, 0, false)

    init(chains: ScopeChains) {
        self.chains = chains
    }

    mutating func note(_ position: ScopeChains.Position, isSealed: Bool, byteCount: Int) {
        self.index += 1
        self.count += 1
        self.byteCount += byteCount
        let since = self.chains.predecessor(of: position).flatMap { self.open.removeValue(forKey: $0) } ?? self.index
        let first = self.open.min { $0.value < $1.value }
        if self.count > 1, self.byteCount > ChangeLimits.canonicalByteCountMax, !self.isTold {
            let longest = first.flatMap { $0.value < since ? $0.key.line : nil } ?? position.line
            self.found.append(self.run(on: longest))
            self.isTold = true
        }
        if isSealed { self.lastSealed[position.line] = position.sequence } else { self.open[position] = since }
        if self.open.isEmpty { (self.count, self.byteCount, self.isTold) = (0, 0, false) }
    }

    /// What has no seal at the end of the log.
    var openRuns: [UnprovenRun] {
        self.open.keys.sorted { ($0.line, $0.sequence) < ($1.line, $1.sequence) }.map { self.run(on: $0.line) }
    }

    private func run(on line: ScopeChains.LineNumber) -> UnprovenRun {
        let start = self.chains[line].fork?.sequence ?? 0
        return UnprovenRun(line: line, firstSequence: self.lastSealed[line, default: start] + 1)
    }
}
