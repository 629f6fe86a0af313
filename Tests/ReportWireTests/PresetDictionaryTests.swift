import Crypto
import ReportWire
import Testing

@Suite("The preset dictionary")
struct PresetDictionaryTests {
    @Test("is a constant of the protocol version: a byte changed here makes every deflated batch unreadable")
    func frozen() {
        #expect(PresetDictionary.bytes.count == 2205)
        let digest = SHA256.hash(data: PresetDictionary.bytes).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
        #expect(digest == "d2545e1f1da607d31256413c7c49e60427059f033174ed04ecaf09cc6bef31ba")
    }
}
