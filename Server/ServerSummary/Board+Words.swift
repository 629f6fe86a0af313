import ReportModel

extension Board.State {
    /// The state in words.
    package var name: Bilingual {
        switch self {
        case .due: Bilingual("待报", "due")
        case .onTime: Bilingual("按时", "on time")
        case .late: Bilingual("迟报", "late")
        case .missing: Bilingual("缺报", "missing")
        case .returned: Bilingual("退回", "returned")
        }
    }
}
