import Foundation
import Synchronization

/// A program that was started, and what it says. It never outlives its time limit, nor this object.
final class RunningProgram: Sendable {
    /// How a program ended.
    struct Finished: Sendable {
        /// The exit code; minus the signal's number where a signal ended it.
        let exitCode: Int32
        let output: String
        let errors: String
    }

    let output: LineReader
    let errors: LineReader
    private let process: Process
    private let ended: Task<Void, Never>
    private let timedOut = Mutex(false)

    /// What no command takes on a slow machine with much to do: a limit is there to end what hangs.
    static let timeLimitSeconds = 300

    /// Starting opens pipes that a program started at the same moment would inherit.
    private static let starting = Mutex(())

    /// - Parameters:
    ///   - variables: set over the environment of the tests.
    ///   - timeLimitSeconds: after so long the program is killed, and ``finished()`` throws.
    init(
        _ executable: URL,
        _ arguments: [String],
        variables: [String: String] = [:],
        directory: URL? = nil,
        timeLimitSeconds: Int = RunningProgram.timeLimitSeconds
    ) throws {
        let process = Process()
        let (outputPipe, errorPipe) = (Pipe(), Pipe())
        process.executableURL = executable
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment
            .merging(["SWIFT_BACKTRACE": "enable=no", "LANG": "C.UTF-8"]) { $1 }
            .merging(variables) { $1 }
        process.currentDirectoryURL = directory
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = outputPipe
        process.standardError = errorPipe
        let (exits, exit) = AsyncStream<Void>.makeStream()
        process.terminationHandler = { _ in exit.finish() }
        try Self.starting.withLock { _ in
            try process.run()
            for pipe in [outputPipe, errorPipe] { try? pipe.fileHandleForWriting.close() }
        }
        self.process = process
        self.output = LineReader(outputPipe.fileHandleForReading)
        self.errors = LineReader(errorPipe.fileHandleForReading)
        self.ended = Task { for await _ in exits {} }
        let limit = DispatchTime.now() + .seconds(timeLimitSeconds)
        DispatchQueue.global().asyncAfter(deadline: limit) { [weak self] in
            guard let self, self.process.isRunning else { return }
            self.timedOut.withLock { $0 = true }
            self.send(SIGKILL)
        }
    }

    deinit {
        if self.process.isRunning { kill(self.process.processIdentifier, SIGKILL) }
    }

    /// What the system says of the process's memory, in KiB: `VmRSS` is what is resident now, `VmHWM` the most that ever was.
    func memory(_ field: String) throws -> Int {
        let status = try self.system("status")
        let line = status.split(separator: "\n").first { $0.hasPrefix("\(field):") }
        return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    }

    /// What the system says in one of its files about the process.
    func system(_ file: String) throws -> String {
        try String(contentsOfFile: "/proc/\(self.process.processIdentifier)/\(file)", encoding: .utf8)
    }

    func send(_ signal: Int32) {
        guard self.process.isRunning else { return }
        kill(self.process.processIdentifier, signal)
    }

    /// Waits until the program has ended and all it said is read.
    ///
    /// - Throws: ``TimedOut``.
    @discardableResult
    func finished() async throws -> Finished {
        await self.ended.value
        let (output, errors) = (await self.output.whole(), await self.errors.whole())
        guard !self.timedOut.withLock({ $0 }) else {
            throw TimedOut(arguments: self.process.arguments ?? [], output: output, errors: errors)
        }
        let status = self.process.terminationStatus
        return Finished(
            exitCode: self.process.terminationReason == .uncaughtSignal ? -status : status,
            output: output,
            errors: errors
        )
    }

    /// A program did not end in time.
    struct TimedOut: Error {
        let arguments: [String]
        let output: String
        let errors: String
    }
}

/// Reads a pipe to its end on a thread of its own, so that the program never waits for its reader.
final class LineReader: Sendable {
    /// Every line as it comes, without its end. For one reader.
    let lines: AsyncStream<String>
    private let bytes = Mutex(Data())
    private let watch = Mutex(Watch())
    private let read: Task<Void, Never>

    private struct Watch {
        var linesSoFar: [String] = []
        var body: (@Sendable (String) -> Void)?
    }

    init(_ handle: FileHandle) {
        let (lines, continuation) = AsyncStream<String>.makeStream()
        let (ends, end) = AsyncStream<Void>.makeStream()
        self.lines = lines
        self.read = Task { for await _ in ends {} }
        let thread = Thread { [self] in
            var line = Data()
            while true {
                var chunk = handle.availableData[...]
                guard !chunk.isEmpty else { break }
                self.bytes.withLock { $0.append(chunk) }
                // Only what is new is looked at: some programs print one line of many megabytes.
                while !chunk.isEmpty, let newline = Self.newline(in: chunk) {
                    line.append(chunk[..<newline])
                    let text = String(decoding: line, as: UTF8.self)
                    self.watch.withLock {
                        $0.linesSoFar.append(text)
                        $0.body?(text)
                    }
                    continuation.yield(text)
                    line = Data()
                    chunk = chunk[(newline + 1)...]
                }
                line.append(chunk)
            }
            // Nobody else closes it: after some hundred programs the descriptors would pass 1023, from where on Foundation
            // writes beyond its memory when it starts a program or waits for one (`select`).
            try? handle.close()
            continuation.finish()
            end.finish()
        }
        thread.start()
    }

    /// Tells `body` of every line, also of those that have come already, on the thread that reads them: at once, however
    /// much the tests have to do. For what must happen at a moment of the program's life.
    func watch(_ body: @escaping @Sendable (String) -> Void) {
        self.watch.withLock {
            $0.linesSoFar.forEach(body)
            $0.body = body
        }
    }

    private static func newline(in chunk: Data) -> Data.Index? {
        chunk.withUnsafeBytes { bytes in
            memchr(bytes.baseAddress!, Int32(UInt8(ascii: "\n")), bytes.count).map { found in
                chunk.startIndex + (UnsafeRawPointer(found) - bytes.baseAddress!)
            }
        }
    }

    /// All of it, once it has ended.
    func whole() async -> String {
        await self.read.value
        return self.sofar
    }

    /// What has come until now.
    var sofar: String {
        self.bytes.withLock { String(decoding: $0, as: UTF8.self) }
    }
}
