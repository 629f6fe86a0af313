import ReportModel

/// The text of a scheme: YAML files by name, in the order of their names. This is what travels by sync and what a store
/// keeps; ``Scheme/parse(_:)`` makes it usable.
package struct SchemeSource: Hashable, Sendable {
    package struct File: Hashable, Sendable {
        /// `[a-z0-9_-]+.yaml`, never a path.
        package let name: String
        package let text: String

        package init(name: String, text: String) {
            self.name = name
            self.text = text
        }
    }

    /// Sorted by name, byte by byte.
    package let files: [File]

    /// Takes any files; what is wrong with their names, number or size is for ``Scheme/parse(_:)`` to say, with all
    /// other mistakes.
    package init(_ files: [File]) {
        self.files = files.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// Files as they were read from a disk.
    ///
    /// - Throws: ``SchemeMistakes`` naming every file that is not UTF-8.
    package init(read files: [(name: String, bytes: [UInt8])]) throws(SchemeMistakes) {
        var mistakes: [SchemeMistake] = []
        var texts: [File] = []
        for (name, bytes) in files {
            if let text = String(validating: bytes, as: UTF8.self) {
                texts.append(File(name: name, text: text))
            } else {
                mistakes.append(SchemeMistake(file: name, line: 1, column: 1, reason: .notUTF8))
            }
        }
        guard mistakes.isEmpty else { throw SchemeMistakes(mistakes) }
        self.init(texts)
    }

    static func isPlainName(_ name: String) -> Bool {
        guard name.hasSuffix(".yaml"), name.utf8.count <= SchemeLimits.fileNameByteCountMax else { return false }
        let stem = name.utf8.dropLast(".yaml".utf8.count)
        return !stem.isEmpty
            && stem.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"),
                    UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}

// MARK: - Bytes

extension SchemeSource {
    /// The one encoding: the number of files, then name and text of each, with their lengths.
    package var encoded: [UInt8] {
        var writer = ByteWriter(reserving: self.files.reduce(16) { $0 + $1.text.utf8.count + $1.name.utf8.count + 8 })
        writer.varint(self.files.count)
        for file in self.files {
            writer.string(file.name)
            writer.string(file.text)
        }
        return writer.bytes
    }

    /// Reads exactly what ``encoded`` writes for a source that keeps ``SchemeLimits``.
    package init(encoded bytes: some Sequence<UInt8>) throws(MalformedBytes) {
        var reader = ByteReader(Array(bytes))
        guard reader.remaining <= SchemeLimits.sourceByteCountMax else {
            throw reader.malformed("at most \(SchemeLimits.sourceByteCountMax) bytes of scheme")
        }
        let count = try reader.count(upTo: SchemeLimits.fileCountMax, of: "files")
        var files: [File] = []
        for _ in 0..<count {
            let name = try reader.string(upTo: SchemeLimits.fileNameByteCountMax)
            guard Self.isPlainName(name) else { throw reader.malformed("a plain file name") }
            if let last = files.last, !last.name.utf8.lexicographicallyPrecedes(name.utf8) {
                throw reader.malformed("files in the order of their names")
            }
            files.append(File(name: name, text: try reader.string(upTo: SchemeLimits.fileByteCountMax)))
        }
        try reader.requireEnd()
        self.files = files
    }

    /// Names these very texts: SHA-256 of ``encoded``, cut to 16 bytes. Two stores with one fingerprint agree on
    /// everything the scheme says.
    package var fingerprint: ChainHash { ChainHash(digesting: self.encoded) }
}
