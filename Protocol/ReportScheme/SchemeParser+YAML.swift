import ReportModel
import Yams

/// One mapping of a file whose keys are all known.
struct YAMLObject {
    let file: String
    let place: Place
    let values: [String: Node]
}

// Every function here reports what it does not understand, once, and returns what it does.
extension SchemeParser {
    mutating func node(of file: SchemeSource.File) -> Node? {
        if let place = Self.firstAnchor(in: file) {
            self.add(.anchor, at: place)
            return nil
        }
        do {
            // Every scalar is read as the text it is, so nothing is guessed from how it looks: that would be slow.
            // The encoding is named, for Yams would otherwise look it up in the process's environment.
            guard let node = try Yams.compose(yaml: file.text, .basic, .default, .utf8) else {
                self.add(.unknownFileKind, at: Place(file.name))
                return nil
            }
            return node
        } catch let error as YamlError {
            self.add(error, in: file)
        } catch {
            self.add(.syntax("\(error)"), at: Place(file.name))
        }
        return nil
    }

    /// Anchors let a few lines stand for billions of nodes, and reading such a text takes for ever. So every `&` is
    /// refused that might begin one, even within quotes: not R&D, and not A & B.
    private static func firstAnchor(in file: SchemeSource.File) -> Place? {
        guard file.text.utf8.contains(UInt8(ascii: "&")) else { return nil }
        var (line, column) = (1, 1)
        var previous: Unicode.Scalar = "\n"
        for scalar in file.text.unicodeScalars {
            if previous == "&", !scalar.properties.isWhitespace {
                return Place(file.name, line: line, column: column - 1)
            }
            let isWithinWord = previous.properties.isAlphabetic || previous.properties.numericType != nil
            (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1)
            previous = scalar == "&" && isWithinWord ? " " : scalar
        }
        return nil
    }

    func place(of node: Node, in file: String) -> Place {
        Place(file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    }

    mutating func object(_ node: Node, file: String, keys: [String]) -> YAMLObject? {
        let place = self.place(of: node, in: file)
        guard let mapping = node.mapping else {
            self.add(.notMapping, at: place)
            return nil
        }
        var values = [String: Node](minimumCapacity: mapping.count)
        for (key, value) in mapping {
            guard let name = key.scalar?.string, keys.contains(name) else {
                let name = key.scalar?.string.shortened ?? "?"
                self.add(.unknownKey(name, known: keys), at: self.place(of: key, in: file))
                continue
            }
            values[name] = value
        }
        return YAMLObject(file: file, place: place, values: values)
    }

    mutating func text(_ key: String, of object: YAMLObject, required: Bool = true) -> Placed<String>? {
        guard let node = object.values[key] else {
            if required { self.add(.missingKey(key), at: object.place) }
            return nil
        }
        return self.text(node, file: object.file)
    }

    mutating func texts(_ key: String, of object: YAMLObject, required: Bool = false) -> [Placed<String>] {
        self.nodes(key, of: object, required: required).compactMap { self.text($0, file: object.file) }
    }

    /// The entries of a list, which is not empty when it is `required`.
    mutating func nodes(_ key: String, of object: YAMLObject, required: Bool = true) -> [Node] {
        guard let node = object.values[key] else {
            if required { self.add(.missingKey(key), at: object.place) }
            return []
        }
        guard let sequence = node.sequence else {
            self.add(.notList, at: self.place(of: node, in: object.file))
            return []
        }
        if required, sequence.isEmpty { self.add(.emptyList, at: self.place(of: node, in: object.file)) }
        return Array(sequence)
    }

    /// A text that is one of `Choice`'s raw values; `missing` when the key is not there, unless that is `nil`.
    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: String,
        of object: YAMLObject,
        missing: Choice? = nil
    ) -> Choice? {
        if object.values[key] == nil, let missing { return missing }
        return self.text(key, of: object).flatMap { self.choice($0) }
    }

    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(_ text: Placed<String>) -> Choice? {
        if let choice = Choice(rawValue: text.value) { return choice }
        self.add(.notOneOf(text.value.shortened, allowed: Choice.allCases.map(\.rawValue)), at: text.place)
        return nil
    }

    /// `name` and `name_en`.
    mutating func name(of object: YAMLObject) -> Bilingual? {
        let chinese = self.text("name", of: object)
        let english = self.text("name_en", of: object)
        guard let chinese, let english else { return nil }
        return Bilingual(chinese.value, english.value)
    }

    /// A code that a scheme may give to a form, an item or itself.
    mutating func code(_ key: String, of object: YAMLObject, required: Bool = true) -> Placed<Code>? {
        guard let text = self.text(key, of: object, required: required) else { return nil }
        guard let code = Code(text.value) else {
            self.add(.badCode(text.value.shortened), at: text.place)
            return nil
        }
        guard !code.isSystem else {
            self.add(.systemCode(text.value), at: text.place)
            return nil
        }
        return Placed(value: code, place: text.place)
    }

    private mutating func text(_ node: Node, file: String) -> Placed<String>? {
        let place = self.place(of: node, in: file)
        guard let typed = node.scalar?.string else {
            self.add(.notText, at: place)
            return nil
        }
        let text = typed.trimmingBlanks
        guard !text.isEmpty else {
            self.add(.emptyText, at: place)
            return nil
        }
        guard text.utf8.count <= SchemeLimits.nameByteCountMax,
            !text.unicodeScalars.contains(where: \.isControl)
        else {
            self.add(.badText, at: place)
            return nil
        }
        return Placed(value: text, place: place)
    }

    private mutating func add(_ error: YamlError, in file: SchemeSource.File) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            self.add(.syntax(problem), at: Place(file.name, line: mark.line, column: mark.column))
        case .duplicatedKeysInMapping(let keys, let context):
            self.add(
                .duplicateKeys(keys.sorted()),
                at: Place(file.name, line: context.mark.line, column: context.mark.column)
            )
        case .reader(let problem, let offset, _, _):
            let read = file.text.prefix(offset ?? 0)
            let column =
                read.count
                - (read.lastIndex(where: \.isNewline).map { read.distance(from: read.startIndex, to: $0) + 1 } ?? 0)
            self.add(
                .syntax(problem),
                at: Place(file.name, line: read.count(where: \.isNewline) + 1, column: column + 1)
            )
        case .memory:
            self.add(.syntax("nested too deeply"), at: Place(file.name))
        default:
            self.add(.syntax("\(error)"), at: Place(file.name))
        }
    }
}

extension Unicode.Scalar {
    /// Of Unicode's category *control*, which will have no further members.
    fileprivate var isControl: Bool { self.value < 0x20 || (0x7F...0x9F).contains(self.value) }
}

/// The names that things of one sort have taken, so that no two share one.
struct NameRegister {
    private var owners: [String: [(owner: Int, place: Place, validity: Validity)]] = [:]
    private var ownerCount = 0

    /// Takes all names of one more thing, each for the days in which it is used.
    ///
    /// - Returns: the names that another thing took before for some of these days, with the place where it did.
    mutating func take(
        _ names: [(name: Placed<String>, validity: Validity)]
    ) -> [(name: Placed<String>, first: Place)] {
        self.ownerCount += 1
        var taken: [(Placed<String>, Place)] = []
        for (name, validity) in names {
            let key = NameIndex.key(name.value)
            let first = self.owners[key, default: []].first { $0.validity.overlaps(validity) }
            if let first {
                if first.owner != self.ownerCount { taken.append((name, first.place)) }
            } else {
                self.owners[key, default: []].append((self.ownerCount, name.place, validity))
            }
        }
        return taken
    }
}

extension SchemeParser {
    /// Takes the names of one thing, which stand at `keys` and in `aliases`, and reports those that another one has.
    ///
    /// - Parameters:
    ///   - keys: the first is the code's, which is taken for ever: stored cells are known by it.
    ///   - validity: the days in which the thing has its names.
    mutating func takeNames(
        _ keys: [String],
        of object: YAMLObject,
        in register: WritableKeyPath<SchemeParser, NameRegister>,
        within validity: Validity = Validity()
    ) {
        let code = self.names(keys.prefix(1).compactMap { object.values[$0] }, file: object.file)
        let aliases = object.values["aliases"]?.sequence.map(Array.init) ?? []
        let names = self.names(keys.dropFirst().compactMap { object.values[$0] } + aliases, file: object.file)
        let all = code.map { ($0, Validity()) } + names.map { ($0, validity) }
        for (name, first) in self[keyPath: register].take(all) {
            self.add(.duplicate(name.value, first: first.text), at: name.place)
        }
    }

    /// The texts of these nodes, each at its place. Reports nothing.
    private func names(_ nodes: [Node], file: String) -> [Placed<String>] {
        nodes.compactMap { node in
            guard let text = node.scalar?.string.trimmingBlanks, !text.isEmpty else { return nil }
            return Placed(value: text, place: self.place(of: node, in: file))
        }
    }
}
