import ClientStore
import ReportModel
import ReportScheme
import ReportStorage
import TestSupport

extension World {
    /// A person edits cells of one unit, as `set` or `import` would; or decides a conflict; or saves what they began on a
    /// page that has been open for a while.
    func write(_ client: SimulatedClient) throws {
        self.disturbanceCount += 1
        if self.random.oneIn(3) { try self.look(client) }
        let (edits, shown) = try self.someEdits(client)
        guard let scope = edits.first?.address.unit else { return }
        let before = try client.store.database.read { reader in
            (try reader.chains(in: scope), try edits.map { try reader.cell($0.address) })
        }
        if self.troubles.crashes, self.random.oneIn(12) { client.steps.momentsLeft = self.random.pick([0, 1]) }
        // One second a day, so that people often write at the same time.
        let now = Timestamp(
            secondsSince1970: 1_720_000_000 + self.time.milliseconds / 86_400_000 + client.skewSeconds
        )
        do {
            let outcomes = try client.steps.make { try client.store.write(edits, now: now) }
            for (index, edit) in edits.enumerated() {
                self.tell("\(self.name(of: client)): \(edit.address) = \(edit.value): \(outcomes[index])")
                self.judge(edit, outcomes[index], cell: before.1[index], shown: shown[index])
            }
        } catch is DurableSteps.Death {
            self.tell("\(self.name(of: client)) dies while writing")
            self.counts[.crashesWhileWriting] += 1
            try client.crash()
        }
        try client.store.database.read { reader in
            try self.remember(since: before.0, reader, in: scope)
            try self.checkCells(reader, of: scope, only: edits.map(\.address.inScope))
        }
    }

    /// A person opens a page with one cell, and leaves it open.
    private func look(_ client: SimulatedClient) throws {
        let address = CellAddress(self.random.pick(SimulatedScheme.newer.cells), in: self.somewhere(client.unit))
        if self.views.count == 6 { self.views.removeFirst() }
        self.views.append(View(client: client, cell: try client.store.cell(address)))
    }

    /// - Returns: Edits in one scope, and for each what the person was shown before: the cell as it is when `nil`.
    private func someEdits(_ client: SimulatedClient) throws -> (edits: [Edit], shown: [CellState?]) {
        if self.random.oneIn(3),
            let view = self.views.filter({ $0.client === client }).randomElement(using: &self.random)
        {
            let basis =
                view.cell.isConflict ? Edit.Basis.resolving(view.cell.seen) : .seen(view.cell.seen)
            return ([Edit(view.cell.address, .ofFew(using: &self.random), basis: basis)], [view.cell])
        }
        // What is in conflict draws people's attention; what the province has granted is not theirs to decide.
        if self.random.oneIn(2),
            let conflict = try client.store.conflicts().filter({ $0.address.form != SystemForm.grants })
                .randomElement(using: &self.random)
        {
            let basis = self.random.oneIn(4) ? Edit.Basis.present : .resolving(nil)
            return ([Edit(conflict.address, .ofFew(using: &self.random), basis: basis)], [nil])
        }
        let scheme = client.scheme
        let scope = self.somewhere(client.unit)
        // A person writes what their scheme has, for units that it has.
        guard scheme.scheme.unit(scope) != nil else { return ([], []) }
        let edits = self.random.some(of: scheme.cells).map {
            Edit(CellAddress($0, in: scope), .ofFew(using: &self.random))
        }
        return (edits, edits.map { _ in nil })
    }

    private func somewhere(_ unit: UnitCode) -> UnitCode {
        unit == UnitCode("410423")!
            ? self.random.pick(["410423", "410423-01"].map { UnitCode($0)! })
            : self.random.pick(["410728-01", "410728-01", "410728-01", "410728", "410728-02"].map { UnitCode($0)! })
    }

    /// Promise (nothing silently replaced): what an edit took the place of had all been shown to the person; and what
    /// was refused had to be.
    private func judge(_ edit: Edit, _ outcome: EditOutcome, cell: CellState, shown: CellState?) {
        let (present, seen) = (Set(cell.versions.map(\.version)), Set((shown ?? cell).versions.map(\.version)))
        var decides = false
        if case .resolving = edit.basis { decides = true }
        switch outcome {
        case .new, .changed:
            if !present.isSubset(of: seen) {
                self.complain("\(edit.address): \(present.subtracting(seen)) was silently replaced")
            }
            if present.isConflict, !decides { self.complain("\(edit.address): a conflict was written over") }
            self.counts[decides ? .resolved : .writes] += 1
            if edit.value == .missing { self.counts[.blanks] += 1 }
        case .same:
            if present.isConflict || (cell.value != edit.value) { self.complain("\(edit.address) is not the same") }
        case .refused(let refusal):
            let isRight =
                switch refusal.reason {
                case .inConflict: present.isConflict && !decides
                case .changedSinceShown: present != seen
                case .notInConflict: decides && !present.isConflict
                case .revoked: self.server.authority != nil
                default: false
                }
            if !isRight { self.complain("\(edit.address) was refused: \(refusal.code)") }
            switch refusal.reason {
            case .changedSinceShown: self.counts[.refusedStaleViews] += 1
            case .revoked: self.counts[.refusedRevoked] += 1
            default: self.counts[.refusedInConflict] += 1
            }
        }
    }

    /// Tells the plain history what was written, and by whom who had been shown what.
    private func remember(since before: ScopeChains, _ reader: StoreReader, in scope: UnitCode) throws {
        let written = try reader.log(of: scope).dropFirst(before.changeCount).map(\.stored)
        guard !written.isEmpty else { return }
        var held = self.held(before)
        for stored in written {
            self.signers[ChangeName(stored)] = stored.signer
            let predecessor = held.first { $0.reference == stored.chained.predecessor }
            let name = self.histories[scope, default: NaiveHistory(scope: scope)]
                .add(stored.chained, after: predecessor, ancestors: held, sealedBy: stored.signer)
            if name != ChangeName(stored) { self.complain("a change is \(ChangeName(stored)), and should be \(name)") }
            held.insert(name)
        }
    }
}
