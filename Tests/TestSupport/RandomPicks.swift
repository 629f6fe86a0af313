/// Small decisions of generators, so that they read like sentences.
extension RandomNumberGenerator {
    /// True about once in `count` times.
    package mutating func oneIn(_ count: Int) -> Bool {
        Int.random(in: 0..<count, using: &self) == 0
    }

    /// An element of `elements`, which is not empty.
    package mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements.randomElement(using: &self)!
    }

    /// Some of `elements` in their order, each with the same chance; perhaps none, perhaps all.
    package mutating func some<Element>(of elements: [Element]) -> [Element] {
        elements.filter { _ in Bool.random(using: &self) }
    }
}
