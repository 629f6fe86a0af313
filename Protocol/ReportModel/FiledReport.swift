/// What a store holds of one unit's report: when it came to be there, and what is there now.
package struct FiledReport: Hashable, Sendable {
    /// The two times of one change: neither decides alone (Protocol/Decisions/0007-when-a-report-is-late.md).
    package struct Times: Hashable, Sendable {
        /// The author's clock.
        package let filled: Timestamp
        /// The clock of the store that holds the change, when it took it.
        package let received: Timestamp

        package init(filled: Timestamp, received: Timestamp) {
            self.filled = filled
            self.received = received
        }
    }

    /// Of the change that wrote the first value; a later correction does not move it.
    package var firstValue: Times?
    /// Of the change that first marked the report as submitted.
    package var firstSubmission: Times?
    /// Where the report stands now; `nil` where nobody has marked it.
    package var mark: ReportMark?
    /// The items that hold a value now: not those that are blank.
    package var items: Set<Code>

    package init(
        firstValue: Times? = nil,
        firstSubmission: Times? = nil,
        mark: ReportMark? = nil,
        items: Set<Code> = []
    ) {
        self.firstValue = firstValue
        self.firstSubmission = firstSubmission
        self.mark = mark
        self.items = items
    }

    /// When the report was there: submitted, or where nobody marks reports, with its first value. `nil` when there is
    /// no report, or all its values were taken back, before or after it was submitted.
    package var filed: Times? {
        self.items.isEmpty ? nil : (self.firstSubmission ?? self.firstValue)
    }
}
