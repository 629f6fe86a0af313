import ReportModel

extension SchemeParser {
    /// Reads `written_by: [clerk, office]` of a form or an item; `nil` where it is left out.
    mutating func writers(of object: YAMLObject) -> Writers? {
        guard object.values["written_by"] != nil else { return nil }
        var places: [Role: Place] = [:]
        for name in self.texts("written_by", of: object, required: true) {
            guard let role = Role(rawValue: name.value), role.isWriter else {
                let writers = Role.allCases.filter(\.isWriter).map(\.rawValue)
                self.add(.notOneOf(name.value.shortened, allowed: writers), at: name.place)
                continue
            }
            if let first = places[role] {
                self.add(.duplicate(name.value, first: first.text), at: name.place)
            } else {
                places[role] = name.place
            }
        }
        return Writers(Set(places.keys))
    }
}
