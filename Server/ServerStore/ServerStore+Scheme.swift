import ReportModel
import ReportScheme
import ReportStorage

extension ServerStore {
    /// The scheme that the province reports by.
    package func schemeSource() throws -> SchemeSource {
        try self.database.read { try Self.schemeSource($0) }
    }

    /// The scheme with the mark that ``schemeMark()`` gave at that time.
    package func markedSchemeSource() throws -> (mark: String?, source: SchemeSource) {
        try self.database.read { (try $0.setting(StoreReader.schemeMark), try Self.schemeSource($0)) }
    }

    /// Whether the scheme is the one that was stored: it can be read, and has the fingerprint that was noted with it.
    package func isSchemeWhole() throws -> Bool {
        let (mark, source) = try self.markedSchemeSource()
        return mark.map { $0 == source.fingerprint.description } ?? true && (try? Scheme.parse(source)) != nil
    }

    /// Changes whenever the scheme does. Cheap, to be asked at every connection.
    package func schemeMark() throws -> String? {
        try self.database.read { try $0.setting(StoreReader.schemeMark) }
    }

    /// Works by this scheme from now on, if `decide` does not throw. No value is touched.
    ///
    /// - Parameter decide: told the scheme until now and how many values there are, in the transaction that writes.
    package func replaceScheme(
        with source: SchemeSource,
        decide: (_ current: SchemeSource, _ stored: [StoredCount]) throws -> Void
    ) throws {
        try self.database.write { writer in
            try decide(try Self.schemeSource(writer.reader), try writer.reader.valueCounts())
            try Self.replaceScheme(with: source, writer)
        }
    }

    static func replaceScheme(with source: SchemeSource, _ writer: StoreWriter) throws {
        try writer.replaceSchemeFiles(with: source.files.map { ($0.name, $0.text) })
        try writer.set(StoreReader.schemeMark, to: source.fingerprint.description)
    }

    private static func schemeSource(_ reader: StoreReader) throws -> SchemeSource {
        SchemeSource(try reader.schemeFiles().map { SchemeSource.File(name: $0.name, text: $0.text) })
    }
}
