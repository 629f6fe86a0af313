import ReportModel

/// Who sealed the lines of a damaged store, and how far: what its seals still prove.
final class SalvagedSeals {
    private let salvage: Salvage
    private let authority: DeviceKey
    /// Seals what the store itself writes.
    private let own: DeviceID
    private var known: [Int64: Line] = [:]

    /// What is known of a line.
    struct Line {
        let signer: DeviceID
        /// Up to where the line may be kept: what others wrote and nobody has sealed proves nothing.
        let lastSequence: UInt64
        fileprivate let key: DeviceKey?
    }

    /// - Returns: `nil` for a store in which nothing is sealed.
    /// - Throws: ``UnreadableAuthority``.
    init?(_ salvage: Salvage, _ reader: StoreReader) throws {
        guard let authority = try reader.authority(), let own = try reader.signer() else {
            guard salvage.signatures.isEmpty else { throw UnreadableAuthority() }
            return nil
        }
        (self.salvage, self.authority, self.own) = (salvage, authority, own.id)
    }

    /// - Returns: `nil` where nothing proves who sealed the line.
    func line(_ number: Int64, of replica: ReplicaID, in scope: UnitCode) throws -> Line? {
        if let line = self.known[number] { return line }
        let stated = self.salvage.lines[number]?.signer
        let keys = [self.authority] + self.salvage.keys.values.sorted { $0.id < $1.id }
        for key in keys where stated == nil || stated == key.id {
            let sequences = (self.salvage.signatures[number] ?? [:]).keys.sorted(by: >)
            let last = try sequences.first { sequence in
                try self.salvage.changes(ofLine: number, sequence: sequence).contains { found in
                    let place = Seal.Place(scope: scope, replica: replica, sequence: sequence, hash: found.hash)
                    return self.seal(number, place, key) != nil
                }
            }
            guard let last else { continue }
            self.known[number] = Line(signer: key.id, lastSequence: key.id == self.own ? .max : last, key: key)
            return self.known[number]
        }
        guard stated == self.own else { return nil }
        self.known[number] = Line(signer: self.own, lastSequence: .max, key: nil)
        return self.known[number]
    }

    /// The seal at a place of a line, if there is one and it is valid.
    func seal(of number: Int64, at place: Seal.Place) -> Seal? {
        self.known[number]?.key.flatMap { self.seal(number, place, $0) }
    }

    private func seal(_ number: Int64, _ place: Seal.Place, _ key: DeviceKey) -> Seal? {
        guard let signature = self.salvage.signatures[number]?[place.sequence] else { return nil }
        let seal = Seal(signer: key.id, signature: signature)
        return seal.isValid(for: place, by: key) ? seal : nil
    }
}

/// A damaged store holds seals, and does not say any more to which authority they lead, or who seals what it writes.
package struct UnreadableAuthority: ExplainedError {
    package let code = "authority_unreadable"

    package let explanation = Bilingual(
        "损坏的数据库中读不出省级的公钥或本机的公钥，签封无从核对，未作改动。",
        "The damaged store does not hold the province's or its own public key any more, so no seal can be checked; it was left unchanged."
    )

    package let advice = Bilingual(
        "请把该目录移到别处，向省级重新申请注册，再用 sync 取回省级已有的。",
        "Move the directory away, ask the province to enrol the device anew, and bring back with sync what the province holds."
    )
}
