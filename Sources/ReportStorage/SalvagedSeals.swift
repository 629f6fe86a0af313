import ReportModel

/// What the seals of a damaged store still prove of its lines.
final class SalvagedSeals {
    private let salvage: Salvage
    /// Seals what the store itself writes.
    let own: DeviceID
    private let keys: [DeviceID: DeviceKey]

    /// - Returns: `nil` for a store in which nothing is sealed.
    /// - Throws: ``UnreadableAuthority``.
    init?(_ salvage: Salvage, _ reader: StoreReader) throws {
        guard let authority = try reader.authority(), let own = try reader.signer() else {
            guard salvage.signatures.isEmpty else { throw UnreadableAuthority() }
            return nil
        }
        (self.salvage, self.own) = (salvage, own.id)
        self.keys = salvage.keys.merging([(authority.id, authority), (own.id, own)]) { $1 }
    }

    /// Everybody who may have sealed a line.
    var signers: [DeviceID] { self.keys.keys.sorted() }

    /// The seal at a place of a line, if there is one and it is valid.
    func seal(ofLine number: Int64, at place: Seal.Place, by signer: DeviceID) -> Seal? {
        guard let key = self.keys[signer], let signature = self.salvage.signatures[number]?[place.sequence] else {
            return nil
        }
        let seal = Seal(signer: signer, signature: signature)
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
