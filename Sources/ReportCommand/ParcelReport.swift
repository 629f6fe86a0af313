import ReportModel
import ReportPages
import ReportParcel
import ReportScheme

/// Says what a parcel did not bring.
package enum ParcelReport {
    /// - Parameter missing: where the other side holds changes that are not here.
    package static func tell(_ damage: ParcelDamage?, missing: [UnitCode], scheme: Scheme) {
        if let damage {
            Console.error(
                say("此前的内容已经使用。", "What stands before was used. ") + damage.sentence[Speech.language]
            )
        }
        guard !missing.isEmpty else { return }
        let names = missing.prefix(20).map { unit in
            scheme.unit(unit).map { "\($0.name[Speech.language]) \(unit)" } ?? unit.description
        }
        let more = missing.count > names.count ? "…" : ""
        let list = names.joined(separator: say("、", ", ")) + more
        Console.line(
            say(
                "对方还有这里没有的更改：\(list)。下一个数据包会带来。",
                "The other side holds changes that are not here yet: \(list). The next parcel brings them."
            )
        )
    }
}

/// From where on a parcel was not used, in JSON.
package struct ParcelDamageJSON: Encodable {
    let code: String
    let byte: Int
    let text: String
    let next: String

    package init(_ damage: ParcelDamage) {
        self.code = damage.code
        self.byte = damage.offset
        self.text = damage.explanation[Speech.language]
        self.next = damage.advice[Speech.language]
    }
}
