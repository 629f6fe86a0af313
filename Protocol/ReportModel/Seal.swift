import Crypto

/// A device's signature over a place in a chain: over that change and, because a hash names everything before it, over the
/// whole chain up to there. Who holds the device's public key can check it years later.
package struct Seal: Hashable, Sendable {
    /// A signature's length: r and s of ECDSA on P-256, 32 bytes each.
    package static let signatureByteCount = 64

    package var signer: DeviceID
    package var signature: [UInt8]

    /// - Parameter signature: ``signatureByteCount`` bytes.
    package init(signer: DeviceID, signature: [UInt8]) {
        self.signer = signer
        self.signature = signature
    }

    /// What is signed.
    package struct Place: Hashable, Sendable {
        package var scope: UnitCode
        package var replica: ReplicaID
        package var sequence: UInt64
        package var hash: ChainHash

        package init(scope: UnitCode, replica: ReplicaID, sequence: UInt64, hash: ChainHash) {
            self.scope = scope
            self.replica = replica
            self.sequence = sequence
            self.hash = hash
        }

        /// The words at the beginning say what the signature is for: the same key signs handshakes and requests too.
        fileprivate var message: [UInt8] {
            var writer = ByteWriter()
            writer.string("huiliu seal 0")
            writer.string(self.scope.description)
            writer.fixed(self.replica.rawValue)
            writer.varint(self.sequence)
            writer.raw(self.hash.bytes)
            return writer.bytes
        }
    }

    /// Whether `key` is the signer's and made this seal for `place`.
    package func isValid(for place: Place, by key: DeviceKey) -> Bool {
        key.id == self.signer && key.isSignature(self.signature, of: place.message)
    }
}

/// A private key that seals.
package struct SealingKey: Sendable {
    private let key: P256.Signing.PrivateKey
    package let publicKey: DeviceKey

    package init(_ key: P256.Signing.PrivateKey) {
        self.key = key
        self.publicKey = DeviceKey(key.publicKey)
    }

    /// - Throws: What the library says where it cannot sign, which is never for a key that exists.
    package func seal(_ place: Seal.Place) throws -> Seal {
        let signature = try self.key.signature(for: place.message)
        return Seal(signer: self.publicKey.id, signature: Array(signature.rawRepresentation))
    }
}
