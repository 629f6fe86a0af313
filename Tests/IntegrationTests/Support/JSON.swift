import Foundation

/// A JSON value, read for its keys as much as for what they hold.
enum JSON: Decodable, Hashable, Sendable {
    case null
    case boolean(Bool)
    case number(Int)
    case text(String)
    case list([JSON])
    case object([String: JSON])

    init(_ text: String) throws {
        self = try JSONDecoder().decode(JSON.self, from: Data(text.utf8))
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let boolean = try? container.decode(Bool.self) {
            self = .boolean(boolean)
        } else if let number = try? container.decode(Int.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let list = try? container.decode([JSON].self) {
            self = .list(list)
        } else {
            // A number that is no integer ends here: figures are strings.
            self = .object(try container.decode([String: JSON].self))
        }
    }

    /// The member `key`; `null` also where there is none.
    subscript(key: String) -> JSON {
        guard case .object(let members) = self else { return .null }
        return members[key] ?? .null
    }

    subscript(index: Int) -> JSON {
        self.list.indices.contains(index) ? self.list[index] : .null
    }

    /// Empty unless this is a list.
    var list: [JSON] {
        guard case .list(let list) = self else { return [] }
        return list
    }

    var text: String? {
        guard case .text(let text) = self else { return nil }
        return text
    }

    var number: Int? {
        guard case .number(let number) = self else { return nil }
        return number
    }

    var boolean: Bool? {
        guard case .boolean(let boolean) = self else { return nil }
        return boolean
    }

    /// Empty unless this is an object.
    var keys: Set<String> {
        guard case .object(let members) = self else { return [] }
        return Set(members.keys)
    }

    /// The first element of the list whose `key` is `text`.
    func first(where key: String, is text: String) -> JSON {
        self.list.first { $0[key].text == text } ?? .null
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByNilLiteral, ExpressibleByArrayLiteral
{
    init(stringLiteral text: String) { self = .text(text) }
    init(integerLiteral number: Int) { self = .number(number) }
    init(booleanLiteral boolean: Bool) { self = .boolean(boolean) }
    init(nilLiteral: ()) { self = .null }
    init(arrayLiteral elements: JSON...) { self = .list(elements) }
}
