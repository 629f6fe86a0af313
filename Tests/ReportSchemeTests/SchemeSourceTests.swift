import ReportModel
import ReportScheme
import Testing
import TestSupport

@Suite struct SchemeSourceTests {
    @Test func aSourceIsReadBackFromItsBytes() throws {
        let source = SmallScheme.source()
        let again = try SchemeSource(encoded: source.encoded)
        #expect(again == source)
        #expect(again.fingerprint == source.fingerprint)
    }

    @Test func theOrderOfFilesDoesNotMatterButEveryByteDoes() {
        let files = SmallScheme.source().files
        #expect(SchemeSource(files.reversed()).encoded == SchemeSource(files).encoded)
        let changed = SmallScheme.source("scheme.yaml", replacing: "\"1\"", with: "\"2\"")
        #expect(changed.fingerprint != SmallScheme.source().fingerprint)
        // Lengths are part of it: text does not slip from one file to the next.
        let ab = SchemeSource([.init(name: "a.yaml", text: "x"), .init(name: "b.yaml", text: "")])
        let ba = SchemeSource([.init(name: "a.yaml", text: ""), .init(name: "b.yaml", text: "x")])
        #expect(ab.fingerprint != ba.fingerprint)
    }

    @Test func onlyTheOneEncodingIsRead() throws {
        func encoded(_ names: [String]) -> [UInt8] {
            var writer = ByteWriter()
            writer.varint(names.count)
            for name in names {
                writer.string(name)
                writer.string("")
            }
            return writer.bytes
        }
        #expect(throws: Never.self) { try SchemeSource(encoded: encoded(["a.yaml", "b.yaml"])) }
        for names in [["b.yaml", "a.yaml"], ["a.yaml", "a.yaml"], ["../a.yaml"], [".yaml"], ["A.yaml"], ["a.yml"]] {
            #expect(throws: MalformedBytes.self, "\(names)") { try SchemeSource(encoded: encoded(names)) }
        }
        #expect(throws: MalformedBytes.self) { try SchemeSource(encoded: encoded(["a.yaml"]) + [0]) }
        #expect(throws: MalformedBytes.self) {
            try SchemeSource(encoded: encoded((0...SchemeLimits.fileCountMax).map { "a\($0 + 1000).yaml" }))
        }
    }

    @Test func damagedBytesNeverCrash() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix64(seed: seed)
        let good = SmallScheme.source().encoded
        for _ in 0..<2_000 {
            var bytes = good
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
            if Bool.random(using: &random) { bytes.removeLast(.random(in: 0...bytes.count, using: &random)) }
            guard let source = try? SchemeSource(encoded: bytes) else { continue }
            #expect(source.encoded == bytes, "replay with seed \(seed)")
        }
    }

    @Test func anyTextIsASchemeOrMistakesButNeverACrash() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix64(seed: seed)
        for _ in 0..<300 {
            var files = SmallScheme.files
            let name = files.keys.sorted().randomElement(using: &random)!
            var text = Array(files[name]!.unicodeScalars)
            for _ in 0..<3 {
                let index = Int.random(in: 0..<text.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: text.remove(at: index)
                case 1: text.insert("[]{},:-&*!|>'\"%@`#\n\t ".unicodeScalars.randomElement(using: &random)!, at: index)
                default: text.swapAt(index, .random(in: 0..<text.count, using: &random))
                }
            }
            files[name] = String(String.UnicodeScalarView(text))
            let source = SchemeSource(files.map { SchemeSource.File(name: $0.key, text: $0.value) })
            do {
                _ = try Scheme.parse(source)
            } catch {
                #expect(!error.mistakes.isEmpty, "replay with seed \(seed)")
            }
        }
    }
}
