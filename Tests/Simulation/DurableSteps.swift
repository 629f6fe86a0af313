/// The durable steps of one process: the transactions of its store. It can die before or after any of them; within one
/// SQLite sees to it that all of it or nothing is there.
package final class DurableSteps {
    /// The process died. Whatever it had not made durable is gone.
    package struct Death: Error {}

    /// How many steps were made.
    package private(set) var count = 0
    /// How many more moments between two steps the process lives to see; `nil` when it lives on.
    ///
    /// There are two for each step: all is decided and nothing durable, and all is durable and nobody told.
    package var momentsLeft: Int?

    package init() {}

    /// Makes a step, unless the process dies before; it can also die when the step is made and before anybody knows.
    func make<Result>(_ step: () throws -> Result) throws -> Result {
        try self.pass()
        let result = try step()
        self.count += 1
        try self.pass()
        return result
    }

    private func pass() throws {
        guard let left = self.momentsLeft else { return }
        self.momentsLeft = left == 0 ? nil : left - 1
        if left == 0 { throw Death() }
    }
}
