import ReportModel

extension SchemeParser {
    /// The days of `from` and `until`; `nil` when they are mistaken.
    mutating func validity(of object: YAMLObject) -> Validity? {
        let (from, until) = (self.date("from", of: object), self.date("until", of: object))
        guard (object.values["from"] == nil) == (from == nil), (object.values["until"] == nil) == (until == nil) else {
            return nil
        }
        if let from, let until, until.value < from.value {
            self.add(.endsBeforeItBegins, at: until.place)
            return nil
        }
        return Validity(from: from?.value, until: until?.value)
    }

    private mutating func date(_ key: String, of object: YAMLObject) -> Placed<CalendarDate>? {
        guard let text = self.text(key, of: object, required: false) else { return nil }
        guard let date = CalendarDate(text.value) else {
            self.add(.badDate(text.value.shortened), at: text.place)
            return nil
        }
        return Placed(value: date, place: text.place)
    }
}
