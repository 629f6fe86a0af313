import ReportModel
import ReportScheme
import ReportStorage

/// One cell that a person wants to write, and what they were shown before.
package struct Edit: Hashable, Sendable {
    package var address: CellAddress
    package var value: CellValue
    package var basis: Basis
    /// Whether a blank may take the place of a value; decided in the transaction that writes.
    package var mayClear: Bool
    /// Needed for a target whose letter is signed, and only there.
    package var amendment: Amendment?
    /// The write that does not count and whose value this is, where the person accepts it.
    package var accepts: WriteName?

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

    package init(
        _ address: CellAddress,
        _ value: CellValue,
        basis: Basis = .present,
        mayClear: Bool = true,
        amendment: Amendment? = nil,
        accepts: WriteName? = nil
    ) {
        self.address = address
        self.value = value
        self.basis = basis
        self.mayClear = mayClear
        self.amendment = amendment
        self.accepts = accepts
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
        /// The target's letter was signed on this day.
        case signed(CalendarDate)
        /// There is an amendment, but no signed letter over the cell.
        case notSigned
        case amendmentsAreKept
        /// A decision between lists of amendments that would lose one.
        case amendmentDropped
        /// The province has granted this device nothing there, as far as is known here.
        case notGranted
        /// The province has revoked this device.
        case revoked
        /// The scheme forbids it to what this device was granted.
        case forbidden(code: String, Bilingual, advice: Bilingual)
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
        case .signed: "target_signed"
        case .notSigned: "target_not_signed"
        case .amendmentsAreKept: "amendments_are_kept"
        case .amendmentDropped: "amendment_dropped"
        case .notGranted: "not_granted"
        case .revoked: "device_revoked"
        case .forbidden(let code, _, _): code
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
        case .signed(let day):
            return Bilingual(
                "单元格 \(cell) 属于 \(day) 签订的目标责任书，未写入。",
                "\(cell) stands under a target letter signed on \(day); nothing was written."
            )
        case .notSigned:
            return Bilingual(
                "单元格 \(cell) 不属于已签订的目标责任书，没有可变更的内容，未写入。",
                "\(cell) stands under no signed target letter, so there is nothing to amend; nothing was written."
            )
        case .amendmentsAreKept:
            return Bilingual(
                "责任书已签订，变更记录 \(cell) 只随目标变更追加，未写入。",
                "The letter is signed: \(cell) grows only with its amendments; nothing was written."
            )
        case .amendmentDropped:
            return Bilingual(
                "责任书已签订，裁定变更记录 \(cell) 时各版本的每一次变更都要保留，未写入。",
                "The letter is signed: deciding about \(cell) keeps every amendment of every version; nothing was written."
            )
        case .notGranted:
            return Bilingual(
                "省级尚未授权本机填写单元格 \(cell)，未写入。",
                "The province has not granted this device anything at \(cell); nothing was written."
            )
        case .revoked:
            return Bilingual(
                "省级已撤销本机的授权，单元格 \(cell) 未写入。",
                "The province has revoked this device; nothing was written to \(cell)."
            )
        case .forbidden(_, let explanation, _):
            return explanation
        }
    }

    package var advice: Bilingual {
        switch self.reason {
        case .notGranted:
            Bilingual("请先运行 sync 取回授权。", "Run sync first, which brings the grant.")
        case .revoked:
            Bilingual("请联系省级；已写的数据都在本机。", "Ask the province; everything that was written is kept here.")
        case .forbidden(_, _, let advice):
            advice
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
        case .signed, .amendmentsAreKept:
            Bilingual(
                "确需变更目标，请用 set 加 --amend 理由 --approved-by 批准人。",
                "To amend a target, use set with --amend REASON --approved-by NAME."
            )
        case .amendmentDropped:
            Bilingual(
                "请用 resolve 加 --take all 保留全部变更并重新编号，或用 --value 写出含有全部各行的文字。",
                "Keep them all, numbered anew, with resolve and --take all, or write every line with --value."
            )
        case .notSigned:
            Bilingual("请去掉 --amend 和 --approved-by。", "Leave --amend and --approved-by out.")
        }
    }
}

extension ClientStore {
    /// Makes the edits that may be made, each on its own, in one durable transaction. A refused edit leaves the others.
    ///
    /// The edits of one scope become one change, or several when they are many: at most
    /// `ChangeLimits.writeCountMax` cells and `ChangeLimits.canonicalByteCountMax` bytes each.
    ///
    /// - Parameters:
    ///   - scheme: says which cells stand under a target letter; `nil` when none do.
    ///   - dryRun: Decide, and write nothing.
    ///   - isReplacing: told, by their index, the edits in whose place something stood, and the cell as it was.
    /// - Returns: The outcomes, in the order of `edits`.
    package func write(
        _ edits: [Edit],
        scheme: Scheme? = nil,
        now: Timestamp,
        dryRun: Bool = false,
        isReplacing: (Int, CellState) throws -> Void = { _, _ in }
    ) throws -> [EditOutcome] {
        try self.database.write { writer in
            var outcomes: [EditOutcome] = []
            var writes: [UnitCode: [Change.Write]] = [:]
            var written: Set<CellAddress> = []
            // What the amendments of a letter become. Whether it is signed is judged by what stood there before this call:
            // an import may bring a letter and its targets in any order.
            var amendments: [CellAddress: String] = [:]
            var access = try OwnAccess(writer.reader, scheme, author: self.identity.author)
            for (index, edit) in edits.enumerated() {
                let cell = try writer.reader.cell(edit.address)
                var outcome = Self.decide(edit, cell: cell, self.database.safeguards)
                // A change writes a cell once, and nobody has seen what this very call is about to write.
                if outcome.isWritten, written.contains(edit.address) {
                    outcome = .refused(WriteRefusal(.changedSinceShown, cell))
                }
                if outcome.isWritten, let reason = try access.objection(to: edit) {
                    outcome = .refused(WriteRefusal(reason, cell))
                }
                if outcome.isWritten,
                    let refusal = try Self.underLetter(edit, cell, scheme, &amendments, writer.reader)
                {
                    outcome = .refused(refusal)
                }
                outcomes.append(outcome)
                if outcome == .changed { try isReplacing(index, cell) }
                if outcome.isWritten {
                    written.insert(edit.address)
                    writes[edit.address.unit, default: []].append(Change.Write(edit.address.inScope, edit.value))
                    if let write = edit.accepts {
                        writes[edit.address.unit, default: []].append(
                            Change.Write(SystemForm.accepted(write), .boolean(true))
                        )
                    }
                }
            }
            guard !dryRun else { return outcomes }
            for (address, text) in amendments {
                writes[address.unit, default: []].append(Change.Write(address.inScope, .text(text)))
            }
            for (scope, scopeWrites) in writes.sorted(by: { $0.key < $1.key }) {
                try writer.writeOwn(
                    scopeWrites,
                    in: scope,
                    author: self.identity.author,
                    deviceName: self.identity.name,
                    now: now
                )
            }
            return outcomes
        }
    }

    /// Applies the rule of signed letters to a write that would otherwise be made.
    ///
    /// - Returns: Why it is not made after all.
    private static func underLetter(
        _ edit: Edit,
        _ cell: CellState,
        _ scheme: Scheme?,
        _ pending: inout [CellAddress: String],
        _ reader: StoreReader
    ) throws -> WriteRefusal? {
        guard let letter = scheme?.letter(over: edit.address) else {
            return edit.amendment == nil ? nil : WriteRefusal(.notSigned, cell)
        }
        let amendments = try reader.cell(letter.amendments)
        let decision = LetterRule.decide(
            edit,
            cell: cell,
            letter: letter,
            signed: try reader.cell(letter.signed),
            amendments: pending[letter.amendments] ?? LetterRule.text(of: amendments)
        )
        switch decision {
        case .free: return nil
        case .refused(let reason): return WriteRefusal(reason, cell)
        case .amending(let text):
            // Two lists of amendments side by side: a third would bury one of them.
            if amendments.isConflict { return WriteRefusal(.inConflict, amendments) }
            pending[letter.amendments] = text
            return nil
        }
    }

    /// Compare-and-set, decided from the cell as it is.
    static func decide(_ edit: Edit, cell: CellState, _ safeguards: Safeguards) -> EditOutcome {
        let compares = safeguards.contains(.compareAndSet)
        switch edit.basis {
        case .seen(let token), .resolving(let token?):
            guard token == cell.seen || !compares else { return .refused(WriteRefusal(.changedSinceShown, cell)) }
        case .present, .resolving(nil):
            break
        }
        if case .resolving = edit.basis {
            guard cell.isConflict else { return .refused(WriteRefusal(.notInConflict, cell)) }
        } else if cell.isConflict, compares {
            return .refused(WriteRefusal(.inConflict, cell))
        }
        if case .text(let text) = edit.value, text.utf8.count > ChangeLimits.textByteCountMax {
            return .refused(WriteRefusal(.textTooLong, cell))
        }
        if edit.value == .missing, cell.value != .missing, !edit.mayClear {
            return .refused(WriteRefusal(.blankOverValue, cell))
        }
        if cell.isConflict { return .changed }
        // Accepting is a decision also where the value is there already.
        if edit.value == cell.value, edit.accepts == nil { return .same }
        return cell.versions.isEmpty ? .new : .changed
    }
}
