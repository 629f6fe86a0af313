/// What the person at a device is there for. The scheme says which cells each may write.
package enum Role: String, Hashable, Sendable, CaseIterable {
    /// 填报员: fills in the figures of a unit and of those below it.
    case clerk
    /// 审核员: looks through the reports of a unit and of those below it, returns and accepts them.
    case reviewer
    /// 省联席会议办公室: keeps the province's own figures, and may amend others'.
    case office
    /// 审计员: reads everything and writes nothing.
    case auditor
    /// 中转: carries the changes of others and writes nothing.
    case relay

    /// The role in words.
    package var name: Bilingual {
        switch self {
        case .clerk: Bilingual("填报员", "clerk")
        case .reviewer: Bilingual("审核员", "reviewer")
        case .office: Bilingual("办公室", "office")
        case .auditor: Bilingual("审计员", "auditor")
        case .relay: Bilingual("中转", "relay")
        }
    }
}
