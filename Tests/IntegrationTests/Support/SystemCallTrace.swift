import Foundation
import ReportModel
import ReportWire

/// What a program asked of the kernel, as `strace -f -y -xx` wrote it down: writes to the store's write-ahead log, syncs
/// of it, and frames to sockets, in order.
struct SystemCallTrace {
    enum Event {
        /// The log was about to get these bytes.
        case logWritten([UInt8])
        /// What the log had got until the call began is on disk: the sync has returned.
        case logSynced
        /// This frame was about to go to a socket.
        case sent(Frame)
    }

    private(set) var events: [Event] = []

    /// The options under which a program's calls are written to `file`. `-D` leaves the program our own child.
    static func command(writing file: String) -> [String] {
        [
            "/usr/bin/strace", "-D", "-f", "-y", "-xx", "-s", "200000", "-o", file, "-e",
            "trace=pwrite64,pwritev,write,writev,sendto,sendmsg,fsync,fdatasync",
        ]
    }

    /// Whether programs can be traced here: the tool may be missing, or the machine may forbid it.
    static var isPossible: Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/strace")
        process.arguments = ["-D", "-f", "-o", "/dev/null", "true"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    /// - Parameter text: the whole trace. A call that another thread's line cuts in two begins at its first line and has
    ///   returned at its second: a sync counts from its return, a write from its beginning.
    init(_ text: String) throws {
        var parsers: [String: FrameParser] = [:]
        var syncing: Set<Substring> = []
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
            guard parts.count == 2 else { continue }
            let (thread, call) = (parts[0], parts[1].drop { $0 == " " })
            if call.hasPrefix("<... f"), call.contains("sync resumed") {
                if syncing.remove(thread) != nil, call.hasSuffix("= 0") { self.events.append(.logSynced) }
            } else if call.hasPrefix("fsync(") || call.hasPrefix("fdatasync(") {
                guard call.contains(Self.logName) else { continue }
                if call.hasSuffix("<unfinished ...>") {
                    syncing.insert(thread)
                } else if call.hasSuffix("= 0") {
                    self.events.append(.logSynced)
                }
            } else if call.hasPrefix("pwrite") || call.hasPrefix("write") || call.hasPrefix("send") {
                let target = call.prefix { $0 != "," && $0 != "\"" }
                if target.contains(Self.logName) {
                    self.events.append(.logWritten(Self.strings(in: call)))
                } else if target.contains(Self.socketName), !call.contains("nlmsg_") {
                    let name = String(target.drop { $0 != "(" })
                    parsers[name, default: FrameParser()].append(Self.strings(in: call))
                    while let frame = try parsers[name]!.next() { self.events.append(.sent(frame)) }
                }
            }
        }
    }

    /// `-xx` writes file names in hexadecimal too.
    private static let logName = Self.hexadecimal("-wal")
    private static let socketName = Self.hexadecimal("socket:")

    private static func hexadecimal(_ text: String) -> String {
        text.utf8.map { "\\x" + Hexadecimal.text($0, digitCount: 2) }.joined()
    }

    /// All bytes of a call's texts, which are written as `"\x00\x01"`.
    private static func strings(in call: Substring) -> [UInt8] {
        var bytes: [UInt8] = []
        for (index, part) in call.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
        where index % 2 == 1 {
            let digits = Array(part.utf8)
            var position = 0
            while position + 3 < digits.count {
                bytes.append(self.digit(digits[position + 2]) << 4 | self.digit(digits[position + 3]))
                position += 4
            }
        }
        return bytes
    }

    private static func digit(_ character: UInt8) -> UInt8 {
        character < UInt8(ascii: "a") ? character - UInt8(ascii: "0") : character - UInt8(ascii: "a") + 10
    }
}
