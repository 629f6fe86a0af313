import ReportModel

/// The seals of a batch's chains as they travel: behind the columns and not deflated, since nothing makes a signature
/// shorter (Protocol/README.md, "Batches").
package enum SealSection {
    /// The bytes of the section; none where no chain is sealed.
    package static func bytes(of chains: [Batch.Chain]) -> [UInt8] {
        guard chains.contains(where: { $0.seal != nil }) else { return [] }
        var signers = Numbering<DeviceID>()
        var entries = ByteWriter()
        for chain in chains {
            entries.varint(chain.seal.map { signers.number(of: $0.signer) + 1 } ?? 0)
            if let seal = chain.seal { entries.raw(seal.signature) }
        }
        var writer = ByteWriter()
        writer.varint(signers.values.count)
        for signer in signers.values { writer.raw(signer.bytes) }
        writer.raw(entries.bytes)
        return writer.bytes
    }

    /// What the seals of these chains add to a payload.
    static func byteCount(of chains: [Batch.Chain]) -> Int {
        let byteCount = self.bytes(of: chains).count
        return byteCount == 0 ? 0 : byteCount + 2
    }

    /// Parts the payload of a sealed frame. The section's length stands in its last two bytes.
    package static func split(
        _ payload: [UInt8]
    ) throws(MalformedBytes) -> (columns: ArraySlice<UInt8>, section: ArraySlice<UInt8>) {
        var reader = ByteReader(payload.suffix(2))
        let byteCount = Int(try reader.fixed(UInt16.self))
        guard byteCount > 0, byteCount + 2 <= payload.count else {
            throw MalformedBytes(offset: max(payload.count - 2, 0), expected: "the length of the seals")
        }
        let rest = payload.dropLast(2)
        return (rest.dropLast(byteCount), rest.suffix(byteCount))
    }

    /// The payload of a sealed frame.
    ///
    /// - Parameter section: of a batch that fits a frame, so that its length fits two bytes.
    package static func payload(_ columns: [UInt8], _ section: [UInt8]) -> [UInt8] {
        var writer = ByteWriter(reserving: columns.count + section.count + 2)
        writer.raw(columns)
        writer.raw(section)
        writer.fixed(UInt16(section.count))
        return writer.bytes
    }

    /// The chains with their seals.
    static func sealed(
        _ chains: [Batch.Chain],
        by section: ArraySlice<UInt8>
    ) throws(MalformedBytes) -> [Batch.Chain] {
        var reader = ByteReader(section)
        var signers: [DeviceID] = []
        for _ in 0..<(try reader.count(upTo: chains.count, of: "signers")) {
            guard let signer = DeviceID(bytes: try reader.raw(DeviceID.byteCount)) else {
                throw reader.malformed("a signer")
            }
            signers.append(signer)
        }
        var chains = chains
        for index in chains.indices {
            let signer = try reader.varint()
            guard signer > 0 else { continue }
            guard signer <= UInt64(signers.count) else { throw reader.malformed("a signer's number") }
            chains[index].seal = Seal(
                signer: signers[Int(signer) - 1],
                signature: Array(try reader.raw(Seal.signatureByteCount))
            )
        }
        try reader.requireEnd()
        // As of columns, there is one encoding.
        guard self.bytes(of: chains) == Array(section) else {
            throw MalformedBytes(offset: 0, expected: "the canonical encoding of these seals")
        }
        return chains
    }
}
