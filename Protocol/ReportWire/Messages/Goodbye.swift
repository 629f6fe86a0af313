import ReportModel

extension ProtocolError {
    func write(to writer: inout ByteWriter) {
        writer.varint(self.rawCode)
        writer.string(Self.shortened(self.words.chinese))
        writer.string(Self.shortened(self.words.english))
    }

    init(from reader: inout ByteReader) throws(MalformedBytes) {
        let code = try reader.varint()
        let chinese = try reader.string(upTo: Limits.wordsByteCountMax)
        self.init(
            rawCode: code,
            words: Bilingual(chinese, try reader.string(upTo: Limits.wordsByteCountMax))
        )
    }

    private static func shortened(_ words: String) -> String {
        var words = words
        while words.utf8.count > Limits.wordsByteCountMax { words.removeLast() }
        return words
    }
}
