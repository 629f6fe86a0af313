import ReportModel

extension StoreWriter {
    /// Writes cells of a scope as this store: in one change, or in several when they are many: at most
    /// `ChangeLimits.writeCountMax` cells and `ChangeLimits.canonicalByteCountMax` bytes each. All that the store holds
    /// counts as shown.
    ///
    /// - Parameters:
    ///   - writes: in any order; no cell may occur twice.
    ///   - deviceName: written beside them by the store's first change in the scope, so that everybody knows who it is.
    package func writeOwn(
        _ writes: [Change.Write],
        in scope: UnitCode,
        author: PersonID,
        deviceName: String,
        now: Timestamp
    ) throws {
        var rest = writes.sorted { $0.address < $1.address }[...]
        // A sync may have given the store a new id since it was opened.
        guard let ownReplica = try self.reader.ownReplica() else {
            throw MalformedBytes(offset: 0, expected: "the store's replica in its settings")
        }
        let replica = ownReplica.current
        let signer = try self.reader.signer()?.id
        if try !self.chains(in: scope).lines.contains(where: { $0.replica == replica && $0.signer == signer }) {
            // In the first change, whatever forms come before it.
            rest.insert(
                Change.Write(SystemForm.deviceName(of: replica), .text(deviceName)),
                at: rest.startIndex
            )
            if let former = ownReplica.former.last {
                rest.insert(
                    Change.Write(SystemForm.deviceContinues(of: replica), .text(former.description)),
                    at: rest.startIndex
                )
            }
        }
        while !rest.isEmpty {
            let chains = try self.chains(in: scope)
            let own = chains.lines.filter { $0.replica == replica && $0.signer == signer }
                .max { $0.head.sequence < $1.head.sequence }
            let difference = chains.frontier.difference(from: own?.frontierAtHead ?? Frontier())
            func first(_ count: Int) -> (change: Change, bytes: [UInt8]) {
                let writes = Array(rest.prefix(count))
                let change = Change(time: now, author: author, contextDifference: difference, writes: writes)
                return (change, change.canonicalBytes)
            }
            var count = min(rest.count, ChangeLimits.writeCountMax)
            var (change, bytes) = first(count)
            while bytes.count > ChangeLimits.canonicalByteCountMax {
                count = (count + 1) / 2
                (change, bytes) = first(count)
            }
            rest = rest.dropFirst(count)
            let taken = try self.take(
                ChainedChange(
                    replica: replica,
                    sequence: (own?.head.sequence ?? 0) + 1,
                    predecessorTag: own?.head.hash.tag ?? 0,
                    change: change
                ),
                canonicalBytes: bytes,
                signer: signer,
                in: scope,
                received: now
            )
            guard case .held(_, isNew: true) = taken else {
                preconditionFailure("a store always holds what its own change builds on")
            }
        }
    }
}
