/// What became of a batch that a store took.
package struct TakeOutcome: Hashable, Sendable {
    /// The last change of each chain of the batch that the store holds now, whether it was new or a duplicate: what a
    /// receipt lists once the transaction is durable.
    package var held: [Reference] = []
    /// The first change that was not stored because something it builds on is not held.
    package var missing: Reference?
    package var takenCount = 0
    package var duplicateCount = 0

    package init() {}
}
