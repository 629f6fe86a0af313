import ReportModel

/// Reads comma-separated values (RFC 4180): quoted fields with commas, doubled quotes and line ends in them; CRLF, LF or
/// CR; a byte order mark at the start is left out.
struct CSVReader {
    struct Record: Equatable {
        /// The line on which the record begins, from 1; line ends within quotes count.
        var line: Int
        var fields: [String]
        /// Which field is badly quoted, from 0. The record is then as long as its first line, and is no use.
        var badlyQuotedField: Int?
    }

    private let bytes: [UInt8]
    private var index: Int
    private var line = 1

    /// - Parameter bytes: UTF-8.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        self.index = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    /// - Returns: `nil` at the end of the file.
    mutating func next() -> Record? {
        guard self.index < self.bytes.count else { return nil }
        let start = (index: self.index, line: self.line)
        var record = Record(line: self.line, fields: [])
        while true {
            guard let field = self.field() else {
                // A stray quotation mark spoils one line, not all that follow: reading goes on with the next line.
                record.badlyQuotedField = record.fields.count
                (self.index, self.line) = start
                self.skipLine()
                return record
            }
            record.fields.append(field)
            guard self.index < self.bytes.count, self.bytes[self.index] == UInt8(ascii: ",") else { break }
            self.index += 1
        }
        self.skipLineEnd()
        return record
    }

    /// A field up to the comma, line end or end of file behind it; `nil` when its quotes do not match.
    private mutating func field() -> String? {
        guard self.index < self.bytes.count, self.bytes[self.index] == UInt8(ascii: "\"") else {
            let start = self.index
            while self.index < self.bytes.count, !self.endsField(self.bytes[self.index]) { self.index += 1 }
            return String(decoding: self.bytes[start..<self.index], as: UTF8.self)
        }
        self.index += 1
        var content: [UInt8] = []
        while self.index < self.bytes.count {
            let byte = self.bytes[self.index]
            self.index += 1
            if byte != UInt8(ascii: "\"") {
                if byte == UInt8(ascii: "\n") || (byte == UInt8(ascii: "\r") && self.peek != UInt8(ascii: "\n")) {
                    self.line += 1
                }
                content.append(byte)
            } else if self.peek == UInt8(ascii: "\"") {
                content.append(byte)
                self.index += 1
            } else {
                guard self.peek.map(self.endsField) ?? true else { return nil }
                return String(decoding: content, as: UTF8.self)
            }
        }
        return nil
    }

    private var peek: UInt8? { self.index < self.bytes.count ? self.bytes[self.index] : nil }

    private func endsField(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
    }

    private mutating func skipLine() {
        while let byte = self.peek, byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") { self.index += 1 }
        self.skipLineEnd()
    }

    private mutating func skipLineEnd() {
        guard let byte = self.peek else { return }
        self.index += 1
        if byte == UInt8(ascii: "\r"), self.peek == UInt8(ascii: "\n") { self.index += 1 }
        self.line += 1
    }
}
