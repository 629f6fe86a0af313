import Foundation
import Logging
import ReportModel
import ReportTransport
import ServerStore
import ServerSync
import ServiceLifecycle

/// The benchmark's own program once more, as a server: the two ends of many connections need two processes, because of
/// the system's limit of open files.
///
/// It says its port, then for every line that it reads how many bytes of its heap are in use, and ends with its input.
final class ServerProcess {
    static let argument = "--serve"

    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    let port: Int

    init(store: String, commitStepCountMax: Int) throws {
        self.process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        self.process.arguments = [Self.argument, store, String(commitStepCountMax)]
        self.process.standardInput = self.input
        self.process.standardOutput = self.output
        try self.process.run()
        guard let port = Self.number(self.output) else { throw CocoaError(.executableLoad) }
        self.port = port
    }

    /// Bytes of the server's heap that are in use.
    func heapByteCount() -> Int {
        self.input.fileHandleForWriting.write(Data([UInt8(ascii: "\n")]))
        return Self.number(self.output) ?? 0
    }

    func stop() throws {
        try self.input.fileHandleForWriting.close()
        self.process.waitUntilExit()
    }

    private static func number(_ output: Pipe) -> Int? {
        var line = Data()
        while line.last != UInt8(ascii: "\n") {
            guard let more = try? output.fileHandleForReading.read(upToCount: 1), !more.isEmpty else { return nil }
            line += more
        }
        return Int(String(decoding: line.dropLast(), as: UTF8.self))
    }

    // MARK: - The server

    static func serve(_ arguments: [String]) async throws {
        guard arguments.count == 2, let commitStepCountMax = Int(arguments[1]) else { exit(2) }
        let logger = Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() }
        let service = try SyncService(
            store: try ServerStore(in: arguments[0], access: .serve),
            address: HostPort(host: "127.0.0.1", port: 0),
            commitStepCountMax: commitStepCountMax,
            logger: logger,
            now: { Workday.time },
            listening: { self.say($0.port) }
        )
        let group = ServiceGroup(services: [service], logger: logger)
        let reader = Thread {
            while readLine() != nil { self.say(self.heapByteCount()) }
            Task { await group.triggerGracefulShutdown() }
        }
        reader.start()
        try await group.run()
    }

    private static func say(_ number: Int) {
        FileHandle.standardOutput.write(Data("\(number)\n".utf8))
    }

    /// From the system's allocator: all it has of the system, less what lies free in it.
    private static func heapByteCount() -> Int {
        typealias Information = @convention(c) (CInt, UnsafeMutablePointer<FILE>) -> CInt
        guard let symbol = dlsym(nil, "malloc_info"), let file = tmpfile() else { return 0 }
        defer { fclose(file) }
        _ = unsafeBitCast(symbol, to: Information.self)(0, file)
        rewind(file)
        var text = ""
        var line = [CChar](repeating: 0, count: 4096)
        while fgets(&line, CInt(line.count), file) != nil {
            text += String(decoding: line.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
        }
        // The last of each kind is the sum over all arenas.
        func last(_ kind: String) -> Int {
            text.split(separator: "\n").last { $0.contains(kind) && $0.contains("size=") }
                .flatMap { $0.split(separator: "size=\"").last }
                .flatMap { Int($0.prefix { $0 != "\"" }) } ?? 0
        }
        return last("<system type=\"current\"") + last("<total type=\"mmap\"") - last("<total type=\"fast\"")
            - last("<total type=\"rest\"")
    }
}
