import Crypto

/// One store in one incarnation: a random 64-bit number, printed as 16 hexadecimal digits.
///
/// 64 bits are enough because a name is never only the number: a change is named by replica, sequence *and* hash
/// (Protocol/Decisions/0003-names.md).
package struct ReplicaID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: UInt64

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// Reads exactly what ``description`` prints.
    package init?(_ text: some StringProtocol) {
        guard let rawValue = UInt64(text, radix: 16) else { return nil }
        self.rawValue = rawValue
        // `UInt64(_:radix:)` alone would accept a sign, even in -000000000000000, and large letters.
        guard text == self.description else { return nil }
    }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    package var description: String { Hexadecimal.text(self.rawValue, digitCount: 16) }
}

/// The hash of a change in its chain: SHA-256 cut to 16 bytes.
///
/// `h0 = H(scope, replica)`, or `H(scope, replica, signer)` where chains are sealed, and `hk = H(hk-1, canonical bytes of
/// change k)`: it names the change and everything before it.
package struct ChainHash: Hashable, Comparable, Sendable, CustomStringConvertible {
    package static let byteCount = 16

    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// - Parameter bytes: exactly ``byteCount`` bytes.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self.high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        self.low = bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The hash before the first change of `replica` in `scope`.
    ///
    /// - Parameter signer: who seals the chain; `nil` where nobody seals. It is part of the hash so that nobody can seal
    ///   another's change as their own: the same bytes are another change then, and do not stand in the true one's place.
    package init(startOf replica: ReplicaID, in scope: UnitCode, sealedBy signer: DeviceID?) {
        var writer = ByteWriter()
        writer.string(scope.description)
        writer.fixed(replica.rawValue)
        if let signer { writer.raw(signer.bytes) }
        self.init(digesting: writer.bytes)
    }

    /// The hash of the change with these canonical bytes that follows the change with this hash.
    package func next(_ canonicalBytes: [UInt8]) -> ChainHash {
        var hasher = SHA256()
        withUnsafeBytes(of: (self.high.bigEndian, self.low.bigEndian)) { hasher.update(bufferPointer: $0) }
        canonicalBytes.withUnsafeBytes { hasher.update(bufferPointer: $0) }
        return Self(cutting: hasher.finalize())
    }

    /// The hash of bytes that belong to no chain, such as the tip of a scope.
    package init(digesting bytes: [UInt8]) {
        self.init(cutting: SHA256.hash(data: bytes))
    }

    private init(cutting digest: SHA256.Digest) {
        self = digest.withUnsafeBytes { bytes in
            ChainHash(
                high: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
    }

    /// The first 4 bytes: what a reference carries.
    package var tag: UInt32 { UInt32(truncatingIfNeeded: self.high >> 32) }

    package var bytes: [UInt8] {
        var writer = ByteWriter(reserving: Self.byteCount)
        writer.fixed(self.high)
        writer.fixed(self.low)
        return writer.bytes
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    package var description: String {
        Hexadecimal.text(self.high, digitCount: 16) + Hexadecimal.text(self.low, digitCount: 16)
    }
}

/// Numbers in base 16, with leading zeros.
package enum Hexadecimal {
    /// Small letters, with leading zeros up to `digitCount`.
    package static func text(_ number: some UnsignedInteger, digitCount: Int) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: max(0, digitCount - digits.count)) + digits
    }

    /// Two small letters or digits a byte.
    package static func text(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { self.text($0, digitCount: 2) }.joined()
    }

    /// Reads what ``text(_:)`` prints.
    package static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        func value(_ digit: UInt8) -> UInt8? {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
            default: nil
            }
        }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = value(digits[index]), let low = value(digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }
}
