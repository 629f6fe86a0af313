/// Which write of which change.
package struct WriteName: Hashable, Sendable {
    package let change: Reference
    /// Among the writes of the change.
    package let index: Int

    package init(change: Reference, index: Int) {
        (self.change, self.index) = (change, index)
    }
}
