import ReportModel
import ReportSession
import ReportWire

/// What went over the line of one session, and what must hold of it whatever the other side says.
final class ScriptedConversation {
    private(set) var isClosed = false
    private var unreceipted: [[Batch.Chain]] = []
    private var receiptCount = 0

    func surroundings(_ standing: @escaping (UnitCode) -> ScopeStanding) -> MessageScript.Surroundings {
        MessageScript.Surroundings(unreceipted: self.unreceipted, standing: standing)
    }

    func send(_ message: Message) throws {
        try require(!self.isClosed, "after its end a session says \(message.name)")
        let frame = message.frame
        try require(frame.payload.count <= Limits.frameByteCountMax - Limits.frameByteCountMin, "a frame fits")
        try require((try? Message(frame))?.frame == frame, "a \(message.name) is read as it was written")
        if case .batch(let batch) = message { self.unreceipted.append(batch.chains) }
        if case .receipt = message { self.receiptCount += 1 }
        try require(
            self.unreceipted.count <= 2 * Limits.batchesInFlightMax,
            "\(self.unreceipted.count) batches are on their way"
        )
    }

    func close() throws {
        try require(!self.isClosed, "a session ends once")
        self.isClosed = true
    }

    /// The session hears a frame, and its driver does what it answers.
    ///
    /// - Parameters:
    ///   - received: the session hears a message.
    ///   - failed: what came is no message.
    ///   - perform: what a driver does with the actions, all of it.
    func hear(
        _ frame: Frame,
        _ received: (Message) -> [SessionAction],
        _ failed: (ProtocolError) -> [SessionAction],
        _ perform: ([SessionAction]) throws -> Void
    ) throws {
        let message: Message
        do throws(ProtocolError) {
            guard let read = try Message(frame) else { return }
            message = read
        } catch {
            return try perform(failed(error))
        }
        let (wasClosed, receiptsBefore) = (self.isClosed, self.receiptCount)
        // The session forgets the batch before it sends further ones.
        if message.kind == .receipt, !self.unreceipted.isEmpty { self.unreceipted.removeFirst() }
        try perform(received(message))
        guard !wasClosed, !self.isClosed, message.kind == .batch else { return }
        try require(self.receiptCount == receiptsBefore + 1, "every batch is answered by one receipt")
    }
}
