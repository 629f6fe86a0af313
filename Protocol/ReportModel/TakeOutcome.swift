/// What became of a batch that a store took.
package struct TakeOutcome: Hashable, Sendable {
    /// For each chain of the batch, in its order, the last of its changes that the store holds now, whether new or a
    /// duplicate; `nil` when none is. This is what a receipt says once the transaction is durable.
    package var held: [Reference?] = []
    /// The first change that was not stored because something it builds on is not held.
    package var missing: Reference?
    /// Nothing was stored, because the batch does not prove who wrote it.
    package var problem: SealProblem?
    /// How many of its writes the root has ruled out in the same transaction.
    package var ruledOutCount = 0
    package var takenCount = 0
    package var duplicateCount = 0

    package init() {}
}
