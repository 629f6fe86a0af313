import ReportModel
import ReportStorage

/// One cell that a person wants to write, and what they were shown before.
package struct Edit: Hashable, Sendable {
    package var address: CellAddress
    package var value: CellValue
    package var basis: Basis
    /// Whether a blank may take the place of a value; decided in the transaction that writes.
    package var mayClear: Bool

    /// What entitles the person to supersede the versions that are there.
    package enum Basis: Hashable, Sendable {
        /// The one version that is there counts as shown; a conflict does not.
        case present
        /// These versions, as `show` or `conflicts` named them.
        case seen(SeenToken)
        /// All versions that are there, because the person decides between them; with the token, only if they are still
        /// those.
        case resolving(SeenToken?)
    }

    package init(_ address: CellAddress, _ value: CellValue, basis: Basis = .present, mayClear: Bool = true) {
        self.address = address
        self.value = value
        self.basis = basis
        self.mayClear = mayClear
    }
}

/// What became of one edit.
package enum EditOutcome: Hashable, Sendable {
    /// Written where nothing was.
    case new
    /// Written over the version that was shown.
    case changed
    /// The value is there already, so nothing was written.
    case same
    /// Nothing was written.
    case refused(WriteRefusal)

    package var isWritten: Bool { self == .new || self == .changed }
}

/// Why a write was not made. Nothing is ever replaced that the person had not seen.
package struct WriteRefusal: ExplainedError, Hashable {
    /// What speaks against the write.
    package enum Reason: Hashable, Sendable {
        case inConflict
        case changedSinceShown
        case notInConflict
        case blankOverValue
        case textTooLong
    }

    package let reason: Reason
    /// The cell as it is.
    package let cell: CellState

    package init(_ reason: Reason, _ cell: CellState) {
        self.reason = reason
        self.cell = cell
    }

    package var code: String {
        switch self.reason {
        case .inConflict: "cell_in_conflict"
        case .changedSinceShown: "cell_changed"
        case .notInConflict: "cell_not_in_conflict"
        case .blankOverValue: "blank_over_value"
        case .textTooLong: "text_too_long"
        }
    }

    package var explanation: Bilingual {
        let cell = self.cell.address.description
        switch self.reason {
        case .inConflict:
            return Bilingual(
                "单元格 \(cell) 有 \(self.cell.versions.count) 个不同的值尚未裁定，未写入。",
                "\(cell) holds \(self.cell.versions.count) values between which nobody has decided; nothing was written."
            )
        case .changedSinceShown:
            return Bilingual(
                "单元格 \(cell) 在您查看之后已有变化，未写入。",
                "\(cell) has changed since you saw it; nothing was written."
            )
        case .notInConflict:
            return Bilingual("单元格 \(cell) 没有冲突，无需裁定。", "\(cell) is not in conflict; there is nothing to resolve.")
        case .blankOverValue:
            return Bilingual(
                "单元格 \(cell) 已有值 \(self.cell.value)，空白不会覆盖它。",
                "\(cell) holds \(self.cell.value); a blank does not replace it."
            )
        case .textTooLong:
            return Bilingual(
                "单元格 \(cell) 的文字超过 \(ChangeLimits.textByteCountMax) 字节。",
                "The text for \(cell) is longer than \(ChangeLimits.textByteCountMax) bytes."
            )
        }
    }

    package var advice: Bilingual {
        switch self.reason {
        case .inConflict:
            Bilingual("请用 conflicts 查看，再用 resolve 裁定。", "See them with conflicts, then decide with resolve.")
        case .changedSinceShown:
            Bilingual("请用 show 重新查看后再写。", "Look at it again with show, then write.")
        case .notInConflict:
            Bilingual("如要改值请用 set。", "To change the value, use set.")
        case .blankOverValue:
            Bilingual("确要清空请加 --clear-blanks。", "To clear it, add --clear-blanks.")
        case .textTooLong:
            Bilingual("请缩短文字。", "Shorten the text.")
        }
    }
}

extension ClientStore {
    /// Makes the edits that may be made, each on its own, in one durable transaction. A refused edit leaves the others.
    ///
    /// The edits of one scope become one change, or several when they are many: at most
    /// `ChangeLimits.writeCountMax` cells and `ChangeLimits.canonicalByteCountMax` bytes each.
    ///
    /// - Parameter dryRun: Decide, and write nothing.
    /// - Returns: The outcomes, in the order of `edits`.
    package func write(_ edits: [Edit], now: Timestamp, dryRun: Bool = false) throws -> [EditOutcome] {
        try self.database.write { writer in
            var outcomes: [EditOutcome] = []
            var writes: [UnitCode: [Change.Write]] = [:]
            var written: Set<CellAddress> = []
            for edit in edits {
                let cell = try writer.reader.cell(edit.address)
                var outcome = Self.decide(edit, cell: cell)
                // A change writes a cell once, and nobody has seen what this very call is about to write.
                if outcome.isWritten, !written.insert(edit.address).inserted {
                    outcome = .refused(WriteRefusal(.changedSinceShown, cell))
                }
                outcomes.append(outcome)
                if outcome.isWritten {
                    writes[edit.address.unit, default: []].append(Change.Write(edit.address.inScope, edit.value))
                }
            }
            guard !dryRun else { return outcomes }
            for (scope, scopeWrites) in writes.sorted(by: { $0.key < $1.key }) {
                try self.append(scopeWrites, in: scope, now: now, writer)
            }
            return outcomes
        }
    }

    /// Compare-and-set, decided from the cell as it is.
    static func decide(_ edit: Edit, cell: CellState) -> EditOutcome {
        switch edit.basis {
        case .seen(let token), .resolving(let token?):
            guard token == cell.seen else { return .refused(WriteRefusal(.changedSinceShown, cell)) }
        case .present, .resolving(nil):
            break
        }
        if case .resolving = edit.basis {
            guard cell.isConflict else { return .refused(WriteRefusal(.notInConflict, cell)) }
        } else if cell.isConflict {
            return .refused(WriteRefusal(.inConflict, cell))
        }
        if case .text(let text) = edit.value, text.utf8.count > ChangeLimits.textByteCountMax {
            return .refused(WriteRefusal(.textTooLong, cell))
        }
        if edit.value == .missing, cell.value != .missing, !edit.mayClear {
            return .refused(WriteRefusal(.blankOverValue, cell))
        }
        if cell.isConflict { return .changed }
        if edit.value == cell.value { return .same }
        return cell.versions.isEmpty ? .new : .changed
    }

    private func append(
        _ writes: [Change.Write],
        in scope: UnitCode,
        now: Timestamp,
        _ writer: StoreWriter
    ) throws {
        var rest = writes.sorted { $0.address < $1.address }[...]
        if try !writer.chains(in: scope).lines.contains(where: { $0.replica == self.identity.replica }) {
            // In the first change, whatever forms come before it.
            let name = Change.Write(SystemForm.deviceName(of: self.identity.replica), .text(self.identity.name))
            rest.insert(name, at: rest.startIndex)
        }
        while !rest.isEmpty {
            let chains = try writer.chains(in: scope)
            let own = chains.lines.filter { $0.replica == self.identity.replica }
                .max { $0.head.sequence < $1.head.sequence }
            let difference = chains.frontier.difference(from: own?.frontierAtHead ?? Frontier())
            var count = min(rest.count, ChangeLimits.writeCountMax)
            var change = Change(
                time: now,
                author: self.identity.author,
                contextDifference: difference,
                writes: Array(rest.prefix(count))
            )
            while change.canonicalBytes.count > ChangeLimits.canonicalByteCountMax {
                count = (count + 1) / 2
                change = Change(
                    time: now,
                    author: self.identity.author,
                    contextDifference: difference,
                    writes: Array(rest.prefix(count))
                )
            }
            rest = rest.dropFirst(count)
            let chained = ChainedChange(
                replica: self.identity.replica,
                sequence: (own?.head.sequence ?? 0) + 1,
                predecessorTag: own?.head.hash.tag ?? 0,
                change: change
            )
            let taken = try writer.take(
                chained,
                canonicalBytes: change.canonicalBytes,
                in: scope,
                received: now
            )
            guard case .held(_, isNew: true) = taken else {
                preconditionFailure("a store always holds what its own change builds on")
            }
        }
    }
}
