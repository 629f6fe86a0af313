import Foundation
import Synchronization

/// Many connections that do as little as each can.
final class Crowd: Sendable {
    private let descriptors: Mutex<[Int32]>
    /// Foundation starts programs with `select`, which writes beyond its memory at a descriptor from 1024 on. So the
    /// crowd leaves the low numbers to others.
    private static let firstDescriptor: Int32 = 4096

    /// Connects `count` times and says nothing.
    init(_ count: Int, port: Int) throws {
        Self.allowFiles(Int(Self.firstDescriptor) + 2 * count)
        var descriptors: [Int32] = []
        for _ in 0..<count {
            let descriptor = try RawPeer.connected(port: port)
            let moved = fcntl(descriptor, F_DUPFD_CLOEXEC, Self.firstDescriptor)
            close(descriptor)
            guard moved >= 0 else { throw RawPeer.SystemError(call: "fcntl", number: errno) }
            descriptors.append(moved)
        }
        self.descriptors = Mutex(descriptors)
    }

    deinit { self.leave() }

    /// Everybody sends these bytes.
    func send(_ bytes: [UInt8]) {
        self.descriptors.withLock { descriptors in
            for descriptor in descriptors {
                _ = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            }
        }
    }

    /// How many the server has hung up on.
    func goneCount() -> Int {
        self.descriptors.withLock { descriptors in
            descriptors.count { descriptor in
                // What the server said last is read first.
                var bytes = [UInt8](repeating: 0, count: 4096)
                while true {
                    let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
                    if count <= 0 { return count == 0 || errno == ECONNRESET }
                }
            }
        }
    }

    func leave() {
        self.descriptors.withLock { descriptors in
            for descriptor in descriptors { close(descriptor) }
            descriptors = []
        }
    }

    /// The system often gives a process fewer than it may ask for.
    private static func allowFiles(_ count: Int) {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < count else {
            return
        }
        limit.rlim_cur = min(rlim_t(count), limit.rlim_max)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
