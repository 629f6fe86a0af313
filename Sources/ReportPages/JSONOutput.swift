import Foundation
import ReportModel

/// The `--json` output of every command: one object in UTF-8, keys sorted, `"format":1` among them.
package enum JSONOutput {
    /// The version of all these objects; a key may be added under it, none changed or taken away.
    package static let format = 1

    /// The object on one line, without a line end.
    ///
    /// - Parameter object: encodes itself as an object with keys; what is absent must be null (``Nullable``).
    package static func text(_ object: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Our objects hold texts, integers, truths and lists: nothing that JSON lacks.
        let data = try! encoder.encode(Formatted(object: object))
        return String(decoding: data, as: UTF8.self)
    }

    /// Prints the object and a line end on standard output.
    package static func write(_ object: some Encodable) {
        print(self.text(object))
    }

    private struct Formatted<Object: Encodable>: Encodable {
        let object: Object

        private enum Key: String, CodingKey {
            case format
        }

        func encode(to encoder: any Encoder) throws {
            try self.object.encode(to: encoder)
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(JSONOutput.format, forKey: .format)
        }
    }
}

extension Timestamp: Encodable {
    /// In JSON the text of ISO 8601 in UTC.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.description)
    }
}

/// A property that is null in JSON when it has no value, instead of being left out.
@propertyWrapper
package struct Nullable<Value: Encodable>: Encodable {
    package var wrappedValue: Value?

    package init(wrappedValue: Value?) {
        self.wrappedValue = wrappedValue
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.wrappedValue)
    }
}

extension Nullable: Sendable where Value: Sendable {}
extension Nullable: Equatable where Value: Equatable {}
extension Nullable: Hashable where Value: Hashable {}

/// `{"error":{"code","text","next","versions"}}`, for standard error.
package struct ErrorJSON<Version: Encodable>: Encodable {
    private struct Body: Encodable {
        let code: String
        let text: String
        let next: String
        @Nullable var versions: [Version]?
    }

    private let error: Body

    /// - Parameter versions: those of the cell, where they are the reason.
    package init(_ error: any ExplainedError, language: Language, versions: [Version]?) {
        self.error = Body(
            code: error.code,
            text: error.explanation[language],
            next: error.advice[language],
            versions: versions
        )
    }
}

extension ErrorJSON where Version == ValueJSON {
    /// An error that has nothing to do with a cell's versions.
    package init(_ error: any ExplainedError, language: Language) {
        self.init(error, language: language, versions: nil)
    }
}
