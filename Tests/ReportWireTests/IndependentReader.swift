import Foundation
import ReportModel
import TestSupport

/// Runs `Tests/IndependentReader/reader.py`.
enum IndependentReader {
    struct Failed: Error {
        let status: Int32
        let words: String
    }

    /// What the reader says of each frame in `bytes`.
    static func messages(_ bytes: [UInt8]) throws -> [JSON] {
        try self.run([], on: bytes).split(separator: "\n").map { line in
            try JSONDecoder().decode(JSON.self, from: Data(line.utf8))
        }
    }

    /// Hexadecimal text with notes.
    static func annotated(_ bytes: [UInt8]) throws -> String {
        try self.run(["--annotate"], on: bytes)
    }

    private static func run(_ arguments: [String], on bytes: [UInt8]) throws -> String {
        let file = FileManager.default.temporaryDirectory.appending(path: "huiliu-\(UUID().uuidString).bin")
        try Data(bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            ["python3", "-B", Repository.url("Tests/IndependentReader/reader.py").path] + arguments + [file.path]
        process.environment = ProcessInfo.processInfo.environment.merging(["PYTHONUTF8": "1"]) { _, new in new }
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        let words = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failed(status: process.terminationStatus, words: String(decoding: words, as: UTF8.self))
        }
        return String(decoding: text, as: UTF8.self)
    }
}

/// What JSON can say, with whole numbers of any of our sizes and texts compared byte by byte.
enum JSON: Hashable, Decodable, Sendable {
    case null
    case boolean(Bool)
    case number(Int128)
    case text([UInt8])
    case array([JSON])
    case object([String: JSON])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let boolean = try? container.decode(Bool.self) {
            self = .boolean(boolean)
        } else if let number = try? container.decode(Int64.self) {
            self = .number(Int128(number))
        } else if let number = try? container.decode(UInt64.self) {
            self = .number(Int128(number))
        } else if let text = try? container.decode(String.self) {
            self = .text(Array(text.utf8))
        } else if let array = try? container.decode([JSON].self) {
            self = .array(array)
        } else {
            self = .object(try container.decode([String: JSON].self))
        }
    }

    static func string(_ text: some CustomStringConvertible) -> JSON { .text(Array(text.description.utf8)) }
    static func integer(_ number: some BinaryInteger) -> JSON { .number(Int128(number)) }
    static func tag(_ tag: UInt32) -> JSON { .hex(tag, 8) }
    static func hex(_ number: some UnsignedInteger, _ digitCount: Int) -> JSON {
        .string(Hexadecimal.text(number, digitCount: digitCount))
    }
}
