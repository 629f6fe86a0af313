import Foundation
import ReportModel
import ReportWire
import Synchronization

/// A connection to a server that sends whatever bytes it is told to.
final class RawPeer: Sendable {
    private let descriptor: Int32
    /// What came after the last message that was asked for stays here.
    private let parser = Mutex(FrameParser())

    /// What the operating system said.
    struct SystemError: Error {
        let call: String
        let number: Int32
    }

    /// - Parameter receiveBufferByteCount: what the kernel may hold that was not read; `nil` leaves it to the kernel.
    init(port: Int, receiveBufferByteCount: Int32? = nil) throws {
        self.descriptor = try Self.connected(port: port, receiveBufferByteCount: receiveBufferByteCount)
        var limit = timeval(tv_sec: 300, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(self.descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        setsockopt(self.descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
    }

    /// A socket that is connected to a port of this machine. Whoever asks closes it.
    static func connected(port: Int, receiveBufferByteCount: Int32? = nil) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw SystemError(call: "socket", number: errno) }
        if var byteCount = receiveBufferByteCount {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &byteCount, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else {
            let number = errno
            close(descriptor)
            throw SystemError(call: "connect", number: number)
        }
        return descriptor
    }

    deinit {
        close(self.descriptor)
    }

    /// Sends all of `bytes`. That the server has hung up meanwhile is no error: what it said can be read.
    func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(self.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    func send(_ messages: Message...) {
        self.send(messages.flatMap(\.frame.encoded))
    }

    /// Says that nothing more will come.
    func endSending() {
        shutdown(self.descriptor, Int32(SHUT_WR))
    }

    /// Reads messages until `isLast` or until the server hangs up.
    ///
    /// - Throws: `SystemError` when nothing comes for five minutes, `ProtocolError` for what is no message.
    func messages(until isLast: @escaping @Sendable (Message) -> Bool = { _ in false }) async throws -> [Message] {
        try await withCheckedThrowingContinuation { continuation in
            Thread { [self] in continuation.resume(with: Result { try self.read(until: isLast) }) }.start()
        }
    }

    private func read(until isLast: (Message) -> Bool) throws -> [Message] {
        var messages: [Message] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            while let frame = try self.parser.withLock({ parser throws(ProtocolError) in try parser.next() }) {
                guard let message = try Message(frame) else { continue }
                messages.append(message)
                if isLast(message) { return messages }
            }
            let count = recv(self.descriptor, &chunk, chunk.count, 0)
            // A server that closes with words of ours unread resets the connection, which ends it as well.
            guard count != 0, !(count < 0 && errno == ECONNRESET) else { return messages }
            guard count > 0 else { throw SystemError(call: "recv", number: errno) }
            let received = Array(chunk[..<count])
            self.parser.withLock { $0.append(received) }
        }
    }
}

extension Message {
    /// A hello of an office of 410728-01 that claims to hold something, so that the server has something to ask.
    static func hello(
        versions: ClosedRange<UInt64> = Limits.versions,
        unit: String = "410728-01",
        replica: UInt64 = 7
    ) -> Message {
        .hello(
            Hello(
                versions: versions,
                replica: ReplicaID(rawValue: replica),
                time: Timestamp(secondsSince1970: 0),
                scheme: 1,
                scopes: [Hello.Scope(unit: UnitCode(unit)!, tip: 1)]
            )
        )
    }

    /// A batch of one change of `replica` that writes the conflict tests' cell.
    static func batch(
        replica: UInt64 = 7,
        sequence: UInt64 = 1,
        predecessorTag: UInt32 = 0,
        context: [Reference] = []
    ) -> Message {
        let change = Change(
            time: Timestamp(secondsSince1970: 0),
            author: "nobody",
            contextDifference: context,
            writes: [
                Change.Write(
                    AddressInScope(form: "infrastructure", period: Period("2024-H1")!, item: "roads"),
                    .missing
                )
            ]
        )
        return .batch(
            Batch(
                scope: UnitCode("410728-01")!,
                chains: [
                    Batch.Chain(
                        replica: ReplicaID(rawValue: replica),
                        firstSequence: sequence,
                        predecessorTag: predecessorTag
                    )
                ],
                entries: [Batch.Entry(chain: 0, change: change, canonicalBytes: change.canonicalBytes)]
            )
        )
    }
}
