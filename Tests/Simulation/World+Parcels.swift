import ClientStore
import ClientSync
import ReportModel
import ReportParcel
import ReportScheme
import ReportStorage
import ServerStore
import ServerSync
import TestSupport

// How parcels and receipts are made and taken.

extension World {
    // MARK: - To the province

    /// An office makes a parcel, wherever it is.
    func makeParcel(_ client: SimulatedClient) throws {
        self.disturbanceCount += 1
        self.counts[.parcels] += 1
        let isLastHour = self.troubles.crashes && self.random.oneIn(12)
        do {
            self.put(try self.parcel(of: client, isLastHour: isLastHour))
        } catch is DurableSteps.Death {
            self.tell("\(self.name(of: client)) dies over a parcel")
            try client.crash()
        }
    }

    /// - Throws: `DurableSteps.Death` in the last hour of the process: some of the parcel is written, and is no file.
    private func parcel(of client: SimulatedClient, isLastHour: Bool = false) throws -> Carried {
        var bytes: [UInt8] = []
        let numbers = client.parcelNumbers
        client.parcelNumbers.made = max(numbers.made, numbers.answered) + 1
        let pieces = self.pieces()
        let haves = HaveRecords(
            scopes: try client.store.standings(scheme: client.scheme.scheme).map(\.standing.scope),
            isOneEach: pieces.recordFullByteCount == 1
        )
        let made = try self.parcels(client, pieces).make { piece in
            if isLastHour, !bytes.isEmpty { throw DurableSteps.Death() }
            bytes += piece
        }
        if made.number != client.parcelNumbers.made {
            self.complain("\(self.name(of: client)): parcel \(made.number) instead of \(client.parcelNumbers.made)")
        }
        self.parcelCount += 1
        let carried = Carried(
            name: "parcel \(self.parcelCount)",
            bytes: bytes,
            content: .parcel(
                SentParcel(
                    client: client,
                    number: made.number,
                    haves: haves,
                    held: try client.store.database.read(self.held),
                    contacts: client.contacts
                )
            )
        )
        self.tell("\(self.name(of: client)) makes \(carried.name), its \(made.number).: \(made.changeCount) changes")
        return carried
    }

    func takeParcel(at index: Int) throws {
        let carried = self.pouch[index]
        let damage = self.damage(carried.bytes)
        let receipt = try self.take(carried, damage)
        self.remove(at: index, isWhole: damage == nil)
        // Also where the process dies before it is written.
        if let receipt { self.put(receipt) }
    }

    /// The province takes a parcel.
    ///
    /// - Returns: The receipt; `nil` where it is refused.
    @discardableResult
    private func take(_ carried: Carried, _ damage: StickDamage?) throws -> Carried? {
        guard case .parcel(let parcel) = carried.content else { preconditionFailure("a receipt is no parcel") }
        self.disturbanceCount += 1
        let device = parcel.client.store.identity
        let before = try self.server.store.database.read(self.held)
        var stick = Stick(damage?.bytes ?? carried.bytes)
        var bytes: [UInt8] = []
        let taking = TakenParcel(
            parcel: parcel,
            damage: damage,
            before: before,
            isRevoked: self.isRevoked(
                parcel.client.sealingKey!.publicKey.id,
                amongst: before[device.unit] ?? [],
                in: device.unit
            )
        )
        let pieces = self.pieces()
        do {
            let taken = try self.provinceParcels(pieces).take(
                from: { stick.next($0) },
                answer: { bytes += $0 },
                newReplica: ReplicaID(rawValue: self.random.next())
            )
            try self.rememberRoot()
            self.counts[.parcelsTaken] += 1
            self.tell(
                "the province takes \(carried.name)\(self.words(damage)): new \(taken.newCount), held \(taken.duplicateCount)"
            )
            let (scopes, held) = try self.check(taking, taken)
            self.parcelCount += 1
            return Carried(
                name: "receipt \(self.parcelCount) for \(carried.name)",
                bytes: bytes,
                content: .receipt(
                    SentReceipt(
                        parcel: parcel,
                        incarnation: self.server.incarnation,
                        haves: HaveRecords(scopes: scopes, isOneEach: pieces.recordFullByteCount == 1),
                        held: held,
                        answered: Set(damage == nil ? scopes : parcel.haves.read(damage))
                    )
                )
            )
        } catch let error where error is ParcelRefusal || error is ParcelDamage {
            self.tell("the province takes nothing of \(carried.name)\(self.words(damage))")
            self.check(taking, refusal: error)
            return nil
        }
    }

    // MARK: - To an office

    func takeReceipt(at index: Int) throws {
        guard case .receipt(let receipt) = self.pouch[index].content else { return }
        // Whoever has the device's key can open it: a copy of the office, too.
        let copies = self.copies(of: receipt.parcel.client)
        let copy = self.random.oneIn(3) ? nil : copies.randomElement(using: &self.random)
        if copy != nil { self.counts[.receiptsOfCopies] += 1 }
        let client = copy ?? receipt.parcel.client
        let damage = self.damage(self.pouch[index].bytes)
        try self.take(self.pouch[index], at: client, damage)
        self.remove(at: index, isWhole: damage == nil)
    }

    private func take(_ carried: Carried, at client: SimulatedClient, _ damage: StickDamage?) throws {
        guard case .receipt(let receipt) = carried.content else { preconditionFailure("a parcel is no receipt") }
        self.disturbanceCount += 1
        client.pair?.hasTakenReceipt = true
        let taking = try self.takenReceipt(receipt, at: client, damage)
        if !taking.isNews { self.counts[.receiptsOvertaken] += 1 }
        if receipt.incarnation != self.server.incarnation { self.counts[.receiptsFromBeforeRestores] += 1 }
        var stick = Stick(damage?.bytes ?? carried.bytes)
        do {
            let taken = try self.parcels(client).takeAnswer(
                from: { stick.next($0) },
                newReplica: ReplicaID(rawValue: self.random.next())
            )
            try client.readHandouts()
            self.counts[.receiptsTaken] += 1
            self.tell("\(self.name(of: client)) takes \(carried.name)\(self.words(damage)): new \(taken.newCount)")
            try self.check(taking, taken)
        } catch let error where error is ParcelRefusal || error is ParcelDamage {
            self.tell("\(self.name(of: client)) takes nothing of \(carried.name)\(self.words(damage))")
            try self.check(taking, refusal: error)
        }
    }

    /// The other machines with a copy of an office's store and key.
    func copies(of client: SimulatedClient) -> [SimulatedClient] {
        self.clients.filter { $0 !== client && $0.sealingKey?.publicKey == client.sealingKey?.publicKey }
    }

    // MARK: - The end

    /// Offices that nobody has revoked come to the same by parcels alone: the first brings the province's word, the second
    /// what that lacked, the third what others have brought with theirs. A restored province may refuse an office until
    /// another's parcel brings back that it is trusted again; that one begins only then.
    func settleByParcels() throws {
        self.counts[.parcelsAlone] += 1
        var (roundCount, refused) = (0, Set<Int>())
        while roundCount < 3 {
            roundCount += 1
            for (index, client) in self.clients.enumerated() {
                guard let receipt = try self.take(self.parcel(of: client), nil) else {
                    refused.insert(index)
                    continue
                }
                if refused.remove(index) != nil { roundCount = 0 }
                try self.take(receipt, at: client, nil)
            }
        }
        let atProvince = try self.server.store.database.read(self.held)
        // A province that was restored may have learnt of a revocation only now.
        let trusted = self.clients.filter {
            !self.isRevoked($0.sealingKey!.publicKey.id, amongst: atProvince[$0.unit] ?? [], in: $0.unit)
        }
        for client in trusted {
            let differences = try self.differences(client)
            if differences != Differences() { self.complain("\(self.name(of: client)) by parcels: \(differences)") }
        }
    }
}
