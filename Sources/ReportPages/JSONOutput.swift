import Foundation

/// One JSON object on standard output: UTF-8, keys in a fixed order, absent values as null.
package enum JSONOutput {
    package static func text(_ object: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(object), as: UTF8.self)
    }

    package static func write(_ object: some Encodable) throws {
        FileHandle.standardOutput.write(Data((try self.text(object) + "\n").utf8))
    }
}

/// A value that is encoded as null when it is absent, instead of being left out.
@propertyWrapper
package struct Nullable<Value: Encodable & Sendable>: Encodable, Sendable {
    package var wrappedValue: Value?

    package init(wrappedValue: Value?) {
        self.wrappedValue = wrappedValue
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let wrappedValue {
            try container.encode(wrappedValue)
        } else {
            try container.encodeNil()
        }
    }
}
