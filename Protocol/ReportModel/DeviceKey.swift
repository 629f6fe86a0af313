import Crypto

/// Who seals: a device, or the provincial authority. The first 16 bytes of the SHA-256 of its public key, printed as 32
/// hexadecimal digits.
package struct DeviceID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package static let byteCount = 16

    private let hash: ChainHash

    /// - Parameter bytes: exactly ``byteCount`` bytes.
    package init?(bytes: some Collection<UInt8>) {
        guard let hash = ChainHash(bytes: bytes) else { return nil }
        self.hash = hash
    }

    fileprivate init(of key: [UInt8]) {
        self.hash = ChainHash(digesting: key)
    }

    /// Reads exactly what ``description`` prints.
    package init?(_ text: some StringProtocol) {
        guard let bytes = Hexadecimal.bytes(text) else { return nil }
        self.init(bytes: bytes)
    }

    package var bytes: [UInt8] { self.hash.bytes }

    package static func < (left: Self, right: Self) -> Bool { left.hash < right.hash }

    package var description: String { self.hash.description }
}

/// The public key of a device or of the authority, on the curve P-256 (FIPS 186-5), as its compressed point.
package struct DeviceKey: Hashable, Sendable, CustomStringConvertible {
    package static let byteCount = 33

    /// The point in SEC 1's compressed form.
    package let bytes: [UInt8]

    /// - Parameter bytes: a compressed point; anything else is no key.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount,
            (try? P256.Signing.PublicKey(compressedRepresentation: Array(bytes))) != nil
        else { return nil }
        self.bytes = Array(bytes)
    }

    /// The key as a library of certificates has it.
    package init(_ key: P256.Signing.PublicKey) {
        self.bytes = Array(key.compressedRepresentation)
    }

    /// Reads exactly what ``description`` prints.
    package init?(_ text: some StringProtocol) {
        guard let bytes = Hexadecimal.bytes(text) else { return nil }
        self.init(bytes: bytes)
    }

    /// 66 hexadecimal digits.
    package var description: String { Hexadecimal.text(self.bytes) }

    package var id: DeviceID { DeviceID(of: self.bytes) }

    /// Whether `signature` (64 bytes, r and s) is this key's over `message`, with SHA-256.
    package func isSignature(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        guard let key = try? P256.Signing.PublicKey(compressedRepresentation: self.bytes),
            let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature)
        else { return false }
        return key.isValidSignature(signature, for: message)
    }
}
