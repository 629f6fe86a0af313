/// What keeps stores from losing, doubling or silently replacing anything. Every program has all of them; the simulation
/// takes one away at a time and shows that it would notice.
package struct Safeguards: OptionSet, Hashable, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) {
        self.rawValue = rawValue
    }

    /// A write is refused when the cell is not as the person was shown it.
    package static let compareAndSet = Self(rawValue: 1)
    /// A change is taken only when everything its context names is held.
    package static let causalClosure = Self(rawValue: 2)
    /// A reference names a change by its hash too, not only by replica and sequence.
    package static let hashInReference = Self(rawValue: 4)

    package static let all: Self = [.compareAndSet, .causalClosure, .hashInReference]
}
