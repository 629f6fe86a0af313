import ReportModel
import ReportPages
import ReportStorage

/// Says what a damaged store had and nobody has given back: only a person can enter it again.
package enum LostReport {
    /// A line for each chain.
    package static func tell(_ lost: [LostChanges]) {
        for changes in lost {
            let device = changes.device ?? changes.replica?.description
            let (first, last) = (changes.sequences.lowerBound, changes.sequences.upperBound)
            let place =
                device.map { device in
                    let scope = changes.scope?.description ?? "?"
                    return Bilingual(
                        "范围 \(scope) 中“\(device)”的第 \(first) 至 \(last) 笔更改",
                        "changes \(first) to \(last) of “\(device)” in \(scope)"
                    )
                } ?? Bilingual("\(last - first + 1) 笔更改，已无从得知属于谁", "\(last - first + 1) changes, nothing tells whose")
            Console.line(
                say(
                    "数据库损坏时丢失、至今没有取回：\(place.chinese)。请对照纸面核对，缺的重新填报；核对之后运行 rebuild --accept-losses，不再提示。",
                    "Lost when the store was damaged, and not come back: \(place.english). Compare with your papers, and enter again what is missing; rebuild --accept-losses ends this notice then."
                )
            )
        }
    }
}

/// Lost changes in JSON: `scope` and `replica` are null where nothing tells them any more.
package struct LostJSON: Encodable {
    @Nullable var scope: String?
    @Nullable var replica: String?
    let first: UInt64
    let last: UInt64

    package init(_ lost: LostChanges) {
        self._scope = Nullable(wrappedValue: lost.scope?.description)
        self._replica = Nullable(wrappedValue: lost.replica?.description)
        self.first = lost.sequences.lowerBound
        self.last = lost.sequences.upperBound
    }
}
