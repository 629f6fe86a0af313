import TestSupport

/// Makes inputs out of seeds: what a fuzzer does, without what it learns.
struct Mutation {
    let seeds: [[UInt8]]
    let words: [String]

    /// Numbers at the edges of what fields hold.
    private static let edges: [UInt8] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF]

    func input(_ byteCountMax: Int, using random: inout SplitMix64) -> [UInt8] {
        var bytes = random.pick(self.seeds)
        for _ in 0..<Int.random(in: 1...6, using: &random) { self.mutate(&bytes, using: &random) }
        return Array(bytes.prefix(byteCountMax))
    }

    private func mutate(_ bytes: inout [UInt8], using random: inout SplitMix64) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        let end = min(bytes.count, place + Int.random(in: 1...(random.oneIn(4) ? 64 : 4), using: &random))
        switch Int.random(in: 0..<8, using: &random) {
        case 0: if place < bytes.count { bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random) }
        case 1: if place < bytes.count { bytes[place] = random.pick(Self.edges) }
        case 2: if place < bytes.count { bytes[place] = UInt8.random(in: 0...255, using: &random) }
        case 3: bytes.removeSubrange(place..<end)
        case 4: bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &random))
        case 5: bytes.insert(contentsOf: self.word(using: &random), at: place)
        case 6:
            bytes.insert(contentsOf: Array(repeating: 0xFF, count: Int.random(in: 1...9, using: &random)), at: place)
        default:
            // The beginning of this and the end of another one.
            let other = random.pick(self.seeds)
            bytes = Array(bytes[..<place]) + other[Int.random(in: 0...other.count, using: &random)...]
        }
    }

    private func word(using random: inout SplitMix64) -> [UInt8] {
        self.words.isEmpty ? [random.pick(Self.edges)] : Array(random.pick(self.words).utf8)
    }
}
