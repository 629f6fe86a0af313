import Crypto
import ReportModel
import Testing

@Suite("A seal")
struct SealTests {
    private static let key = SealingKey(P256.Signing.PrivateKey())
    private static let place = Seal.Place(
        scope: UnitCode("410728")!,
        replica: ReplicaID(rawValue: 7),
        sequence: 3,
        hash: ChainHash(high: 1, low: 2)
    )

    @Test("is valid for the place it was made for, by the key that made it")
    func valid() throws {
        let seal = try Self.key.seal(Self.place)
        #expect(seal.isValid(for: Self.place, by: Self.key.publicKey))
        #expect(seal.signer == Self.key.publicKey.id && seal.signature.count == Seal.signatureByteCount)
    }

    @Test("is invalid for every other place")
    func otherPlace() throws {
        let seal = try Self.key.seal(Self.place)
        var others = [Seal.Place](repeating: Self.place, count: 5)
        others[0].scope = UnitCode("410729")!
        others[1].replica = ReplicaID(rawValue: 8)
        others[2].sequence = 4
        others[3].hash = ChainHash(high: 1, low: 3)
        others[4].hash = ChainHash(high: 2, low: 2)
        for other in others { #expect(!seal.isValid(for: other, by: Self.key.publicKey), "\(other)") }
    }

    @Test("is invalid by another key, also when it names that key, and with any byte altered or missing")
    func altered() throws {
        let seal = try Self.key.seal(Self.place)
        let other = SealingKey(P256.Signing.PrivateKey()).publicKey
        #expect(!seal.isValid(for: Self.place, by: other))
        #expect(!Seal(signer: other.id, signature: seal.signature).isValid(for: Self.place, by: other))
        for index in seal.signature.indices {
            var altered = seal
            altered.signature[index] ^= 1
            #expect(!altered.isValid(for: Self.place, by: Self.key.publicKey), "byte \(index)")
        }
        for length in [0, 63, 65] {
            var altered = seal
            altered.signature = Array((seal.signature + [0]).prefix(length))
            #expect(!altered.isValid(for: Self.place, by: Self.key.publicKey), "\(length) bytes")
        }
    }

    @Test("of a key whose bytes are no point is refused; a key and its id are printed and read back")
    func keys() {
        let key = Self.key.publicKey
        #expect(DeviceKey(key.description) == key && DeviceID(key.id.description) == key.id)
        #expect(DeviceKey(bytes: key.bytes) == key && DeviceID(bytes: key.id.bytes) == key.id)
        for text in ["", "02", key.description.uppercased(), key.description + "00", " " + key.description.dropFirst()]
        {
            #expect(DeviceKey(text) == nil, "\(text)")
        }
        // No point has the x coordinate 2^256 - 1, which is not even below the prime.
        #expect(DeviceKey(bytes: [2] + [UInt8](repeating: 0xFF, count: 32)) == nil)
        for text in ["", "+" + key.id.description.dropFirst(), key.id.description.uppercased() + "0"] {
            #expect(DeviceID(text) == nil, "\(text)")
        }
    }
}
