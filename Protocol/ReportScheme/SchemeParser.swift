import ReportModel
import Yams

extension Scheme {
    /// Reads a whole scheme, or says everything that is wrong with it.
    package static func parse(_ source: SchemeSource) throws(SchemeMistakes) -> Scheme {
        var parser = SchemeParser()
        return try parser.parse(source)
    }
}

/// Where something stands in a source.
struct Place: Hashable, Comparable {
    let file: String
    let line: Int
    let column: Int

    init(_ file: String, line: Int = 1, column: Int = 1) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// As other mistakes refer to it.
    var text: String { "\(self.file):\(self.line)" }

    static func < (left: Self, right: Self) -> Bool {
        (left.file, left.line, left.column) < (right.file, right.line, right.column)
    }
}

/// A value of the text, with its place.
struct Placed<Value> {
    let value: Value
    let place: Place
}

/// Goes through the files once, collecting mistakes; makes a scheme only when there are none.
struct SchemeParser {
    private(set) var mistakes: [SchemeMistake] = []
    private(set) var header: Placed<(code: Code, name: Bilingual, version: String)>?
    var units: [UnitDraft] = []
    var unitNames = NameRegister()
    var measures: [Measure] = []
    var measureNames = NameRegister()
    var forms: [FormDraft] = []
    var formNames = NameRegister()
    var checks: [CheckDraft] = []
    var checkPlaces: [Code: Place] = [:]
    var letter: LetterDraft?
    /// Of the form that is being read.
    var itemNames = NameRegister()
    /// Of every form without one of its own.
    var defaultSchedule = Schedule.none
    /// Things with a mistake of their own: what refers to them is not wrong on that account.
    var flawed = Flawed()

    struct Flawed {
        var header = false
        /// Whether a file could not be read, so that anything might stand in it.
        var file = false
        var units: Set<UnitCode> = []
        var measures: Set<String> = []
        /// As `form.item`.
        var items: Set<String> = []
    }

    mutating func add(_ reason: SchemeMistake.Reason, at place: Place) {
        self.mistakes.append(
            SchemeMistake(file: place.file, line: place.line, column: place.column, reason: reason)
        )
    }

    mutating func parse(_ source: SchemeSource) throws(SchemeMistakes) -> Scheme {
        // A source beyond the limits is not read at all: its mistakes would be as large as itself.
        self.checkSizes(of: source)
        guard self.mistakes.isEmpty else { throw SchemeMistakes(self.mistakes) }
        for file in source.files {
            self.read(file)
        }
        guard !self.flawed.file else { throw SchemeMistakes(self.mistakes) }
        let home = self.header?.place ?? Place("scheme.yaml")
        if self.header == nil, !self.flawed.header { self.add(.empty, at: home) }
        let units = self.finishUnits(home: home)
        let plainForms = self.finishForms(units: units)
        let symbols = self.formulaSymbols(of: plainForms)
        let forms = self.derive(plainForms, symbols)
        let checks = self.finishChecks(symbols, units: units)
        if forms.isEmpty, self.header != nil { self.add(.noForms, at: home) }
        let letter = self.finishLetter(forms: forms)
        guard self.mistakes.isEmpty, let header = self.header?.value else { throw SchemeMistakes(self.mistakes) }
        return Scheme(
            code: header.code,
            name: header.name,
            version: header.version,
            units: units,
            measures: self.measures,
            forms: forms,
            checks: checks,
            targetLetter: letter,
            fingerprint: source.fingerprint
        )
    }

    private mutating func checkSizes(of source: SchemeSource) {
        let home = Place("scheme.yaml")
        if source.files.count > SchemeLimits.fileCountMax {
            self.add(.tooManyFiles(source.files.count), at: home)
        }
        var names: Set<String> = []
        for file in source.files {
            if !SchemeSource.isPlainName(file.name) { self.add(.badFileName, at: Place(file.name)) }
            if !names.insert(file.name).inserted { self.add(.duplicateFile, at: Place(file.name)) }
            if file.text.utf8.count > SchemeLimits.fileByteCountMax {
                self.add(.fileTooLarge(byteCount: file.text.utf8.count), at: Place(file.name))
            }
        }
        let byteCount = source.files.reduce(16) { $0 + $1.text.utf8.count + $1.name.utf8.count + 8 }
        if byteCount > SchemeLimits.sourceByteCountMax { self.add(.sourceTooLarge(byteCount: byteCount), at: home) }
    }

    private mutating func read(_ file: SchemeSource.File) {
        guard let node = self.node(of: file) else {
            self.flawed.file = true
            return
        }
        guard let mapping = node.mapping else { return self.add(.notMapping, at: self.place(of: node, in: file.name)) }
        let keys = Set(mapping.keys.compactMap { $0.scalar?.string })
        if keys.contains("scheme") {
            self.readHeader(node, file: file.name)
        } else if keys.contains("units") {
            self.readEntries(of: node, file: file.name, list: "units", keys: Self.unitKeys) { $0.readUnit($1) }
        } else if keys.contains("measures") {
            self.readEntries(of: node, file: file.name, list: "measures", keys: Self.measureKeys) { $0.readMeasure($1) }
        } else if keys.contains("checks") {
            self.readEntries(of: node, file: file.name, list: "checks", keys: Self.checkKeys) { $0.readCheck($1) }
        } else if keys.contains("form") {
            self.readForm(node, file: file.name)
        } else {
            self.add(.unknownFileKind, at: self.place(of: node, in: file.name))
        }
    }

    private mutating func readHeader(_ node: Node, file: String) {
        let keys = ["scheme", "name", "name_en", "version", "schedule", "target_letter"]
        guard let object = self.object(node, file: file, keys: keys) else { return }
        if let header = self.header { self.add(.duplicateHeader(first: header.place.text), at: object.place) }
        let code = self.code("scheme", of: object)
        let name = self.name(of: object)
        let version = self.text("version", of: object)
        self.defaultSchedule = self.schedule(of: object) ?? self.defaultSchedule
        self.readLetter(of: object)
        guard self.header == nil, let code, let name, let version else {
            self.flawed.header = true
            return
        }
        self.header = Placed(value: (code.value, name, version.value), place: object.place)
    }

    private mutating func readEntries(
        of node: Node,
        file: String,
        list: String,
        keys: [String],
        read: (inout SchemeParser, YAMLObject) -> Void
    ) {
        guard let object = self.object(node, file: file, keys: [list]) else { return }
        for node in self.nodes(list, of: object) {
            if let entry = self.object(node, file: file, keys: keys) { read(&self, entry) }
        }
    }
}
