import Crypto
import Foundation
import ReportModel
import ReportWire
import Testing
import TestSupport

/// `HUILIU_RECORD=1 swift test --filter Recording` (README.md in this folder).
@Suite("Recording", .enabled(if: ProcessInfo.processInfo.environment["HUILIU_RECORD"] == "1"))
struct Recording {
    /// One test, so that the reader, which writes the notes, finds the dictionary in place.
    @Test("writes the vectors and the recorded parts of the specification anew")
    func everything() throws {
        try Specification.record(Specification.dictionary, as: "dictionary")
        for golden in GoldenMessage.all {
            let head =
                "# \(golden.description)\n# Protocol version 0. Recorded: see Tests/ReportWireTests/README.md.\n#\n"
            let annotated = try IndependentReader.annotated(golden.message.frame.encoded)
            try Repository.write(head + annotated, to: golden.path)
        }
        try Specification.record(try self.markdown(of: WorkedSync.run()), as: "sync")
    }

    /// What stands above each flight. The flights are a run's; only these words are typed.
    private static let captions = [
        """
        The client says hello. It guesses that the server holds nothing of the zone, says what it holds itself, and
        sends it unasked.
        """,
        """
        The server serves these two scopes, and the zone's tips differ: it says how far it has got there. It knows
        from the client's `have` what the client lacks, so it sends that; and having made the client's batch durable
        it says so.
        """,
        """
        Now the client holds the other office's change, on disk, and says so. Everything it sent is receipted, and
        it has nothing that the server lacks.
        """,
        """
        Nor has the server. Both hold three changes and two figures of `roads`, which stand beside each other until
        somebody decides. Two round trips.
        """,
    ]

    private func markdown(of sync: WorkedSync) throws -> String {
        try sync.flights.enumerated().map { index, flight in
            let caption = index < Self.captions.count ? Self.captions[index] : ""
            let names = flight.messages.map(\.name).joined(separator: ", ")
            return """

                **\(index + 1). \(flight.direction.rawValue)**: \(names).
                \(caption)

                ```hex
                \(try IndependentReader.annotated(flight.bytes))```

                """
        }.joined()
    }
}

extension Specification {
    /// The list that the preset dictionary is made from, as the specification prints it.
    static var dictionary: String {
        let bytes = PresetDictionary.bytes
        var codes: [String] = []
        var index = 0
        while index < bytes.count {
            let end = index + 1 + Int(bytes[index])
            codes.append(String(decoding: bytes[index + 1..<end], as: UTF8.self))
            index = end
        }
        // An empty code follows each form's.
        var lines: [String] = []
        for (code, next) in zip(codes, codes.dropFirst() + ["."]) where !code.isEmpty {
            if next.isEmpty {
                lines.append("\(code):")
            } else if lines[lines.count - 1].count + code.count + 1 > 118 {
                lines.append("  \(code)")
            } else {
                lines[lines.count - 1] += " \(code)"
            }
        }
        let digest = SHA256.hash(data: bytes)
        return """
            ```dictionary
            \(lines.joined(separator: "\n"))
            ```

            \(codes.count) codes with the empty ones, \(bytes.count) bytes, SHA-256 `\(Hexadecimal.text(digest))`.

            """
    }
}
