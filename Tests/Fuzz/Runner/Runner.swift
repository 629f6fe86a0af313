import Foundation
import FuzzProperties
import ReportModel
import TestSupport

/// Gives libFuzzer one of the targets:
///
///     huiliu-fuzz targets                       their names, one a line
///     huiliu-fuzz prepare TARGET FOLDER         writes the seeds into FOLDER/corpus, and FOLDER/words
///     huiliu-fuzz show FILE                     an input as hexadecimal digits
///     huiliu-fuzz TARGET [libFuzzer's options]
enum Runner {
    nonisolated(unsafe) private(set) static var target = FuzzTarget.frames

    /// - Parameter arguments: without the program's own name.
    /// - Returns: Whether libFuzzer is to go on.
    static func begin(_ arguments: [String]) throws -> Bool {
        switch arguments.first {
        case "targets":
            for target in FuzzTarget.allCases { print(target.rawValue) }
        case "prepare" where arguments.count == 3:
            try self.prepare(self.target(named: arguments[1]), in: URL(filePath: arguments[2]))
        case "show" where arguments.count == 2:
            print(Hexadecimal.text(try Data(contentsOf: URL(filePath: arguments[1]))))
        case let name?:
            self.target = self.target(named: name)
            MemoryMeter.install()
            atexit { Runner.say("memory: at most \(MemoryMeter.peakOfAll) bytes for one input") }
            return true
        case nil:
            self.refuse("a target is missing: " + FuzzTarget.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return false
    }

    private static func target(named name: String) -> FuzzTarget {
        guard let target = FuzzTarget(rawValue: name) else { self.refuse("there is no target \(name)") }
        return target
    }

    private static func refuse(_ words: String) -> Never {
        self.say(words)
        exit(2)
    }

    private static func say(_ words: String) {
        FileHandle.standardError.write(Data((words + "\n").utf8))
    }

    // MARK: - Preparing

    private static func prepare(_ target: FuzzTarget, in folder: URL) throws {
        let corpus = folder.appending(path: "corpus")
        try FileManager.default.createDirectory(at: corpus, withIntermediateDirectories: true)
        for (number, seed) in try target.seeds().enumerated() {
            try Data(seed).write(to: corpus.appending(path: "seed-\(number)"))
        }
        let words = target.words.map { word in
            "\"" + word.utf8.map { "\\x" + Hexadecimal.text([$0]) }.joined() + "\"\n"
        }
        try Data(words.joined().utf8).write(to: folder.appending(path: "words"))
    }

    // MARK: - Fuzzing

    static func tryOne(_ input: [UInt8]) {
        let byteCount = MemoryMeter.peak { self.target.decode(input) }
        if byteCount > FuzzTarget.decodedByteCountMax { self.stop("decoding took \(byteCount) bytes at one moment") }
        do {
            try self.target.check(input)
        } catch {
            self.stop("\(error)")
        }
    }

    /// libFuzzer keeps the input.
    private static func stop(_ words: String) -> Never {
        self.say("\(self.target.rawValue): \(words)")
        abort()
    }
}

// What libFuzzer's `main` calls.

@_cdecl("LLVMFuzzerInitialize")
func initialize(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> Int32 {
    do {
        guard try Runner.begin(Array(CommandLine.arguments.dropFirst())) else { exit(0) }
    } catch {
        FileHandle.standardError.write(Data("\(error)\n".utf8))
        exit(1)
    }
    // Instead of the target's name libFuzzer is told how long its inputs are.
    arguments.pointee[1] = strdup("-max_len=\(Runner.target.inputByteCountMax)")
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    Runner.tryOne(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}
