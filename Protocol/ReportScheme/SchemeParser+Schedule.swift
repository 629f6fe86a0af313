import ReportModel
import Yams

extension SchemeParser {
    private static let versionKeys = PeriodName.allCases.map(\.rawValue) + ["late_by", "from", "until"]
    private static let deadlineKeys = ["opens", "due", "time"]
    /// A deadline is at most a year away from the end of its period.
    private static let dayCountMax = 365

    /// The key `schedule`: one version, or a list of them; `nil` where it is not there.
    mutating func schedule(of object: YAMLObject) -> Schedule? {
        guard let node = object.values["schedule"] else { return nil }
        let nodes = node.sequence == nil ? [node] : self.nodes("schedule", of: object)
        var versions: [Placed<Schedule.Version>] = []
        for node in nodes {
            guard let entry = self.object(node, file: object.file, keys: Self.versionKeys) else { continue }
            guard let version = self.scheduleVersion(entry) else { continue }
            if let other = versions.first(where: { $0.value.validity.overlaps(version.validity) }) {
                self.add(.overlappingValidity(first: other.place.text), at: entry.place)
            }
            versions.append(Placed(value: version, place: entry.place))
        }
        return Schedule(versions: versions.map(\.value))
    }

    private mutating func scheduleVersion(_ object: YAMLObject) -> Schedule.Version? {
        let validity = self.validity(of: object)
        let lateBy: Schedule.Rule? = self.choice("late_by", of: object, missing: .filled)
        var deadlines: [Period.Kind: Schedule.Deadline] = [:]
        for name in PeriodName.allCases {
            guard let node = object.values[name.rawValue],
                let entry = self.object(node, file: object.file, keys: Self.deadlineKeys),
                let deadline = self.deadline(entry)
            else { continue }
            deadlines[name.kind] = deadline
        }
        guard let validity, let lateBy else { return nil }
        return Schedule.Version(validity: validity, lateBy: lateBy, deadlines: deadlines)
    }

    private mutating func deadline(_ object: YAMLObject) -> Schedule.Deadline? {
        let due = self.dayCount("due", of: object, in: 0...Self.dayCountMax)
        // From the last day of the period on a report can be complete.
        let opens = self.dayCount("opens", of: object, in: -Self.dayCountMax...Self.dayCountMax, missing: 0)
        let time = self.text("time", of: object, required: false)
        let timeOfDay = time.map { TimeOfDay($0.value) } ?? .endOfDay
        if let time, timeOfDay == nil { self.add(.badTime(time.value.shortened), at: time.place) }
        guard let due, let opens, let timeOfDay else { return nil }
        guard opens <= due else {
            self.add(.opensAfterDue(opens: opens, due: due), at: object.place)
            return nil
        }
        return Schedule.Deadline(opens: opens, due: due, time: timeOfDay)
    }

    private mutating func dayCount(
        _ key: String,
        of object: YAMLObject,
        in range: ClosedRange<Int>,
        missing: Int? = nil
    ) -> Int? {
        if object.values[key] == nil, let missing { return missing }
        guard let text = self.text(key, of: object) else { return nil }
        guard let count = Int(text.value), range.contains(count) else {
            self.add(
                .badDayCount(text.value.shortened, least: range.lowerBound, most: range.upperBound),
                at: text.place
            )
            return nil
        }
        return count
    }
}
