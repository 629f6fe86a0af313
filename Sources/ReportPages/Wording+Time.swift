import ReportModel

extension Timestamp {
    /// For people: day and time in Shanghai, `2024-06-16 09:30`.
    package var shownInShanghai: String {
        self.inShanghai.map { "\($0.day) \($0.time)" } ?? self.description
    }
}
