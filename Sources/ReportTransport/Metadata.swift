import Logging
import ReportModel
import ReportWire

extension Message {
    /// What a log line says of a message: never a figure.
    package var metadata: Logger.Metadata {
        switch self {
        case .have(let have): ["message": "have", "scope": "\(have.scope)"]
        case .want(let want): ["message": "want", "scope": "\(want.scope)", "marks": "\(want.marks.references.count)"]
        case .batch(let batch):
            ["message": "batch", "scope": "\(batch.scope)", "changes": "\(batch.entries.count)"]
        case .receipt(let receipt):
            ["message": "receipt", "changes": "\(receipt.held.reduce(0) { $0 + $1.count })"]
        case .goodbye(let reason): ["message": "goodbye", "code": "\(reason.rawCode)"]
        default: ["message": "\(self.name)"]
        }
    }
}
