import ReportModel
import ReportPages
import ReportScheme
import ReportStorage

/// A version of a cell (the contract's `version`).
package struct VersionJSON: Encodable, Sendable {
    /// From 1, in the order in which `conflicts` lists them.
    package let n: Int
    package let scope: String
    package let replica: String
    package let sequence: UInt64
    package let value: ValueJSON
    package let author: String
    @Nullable package var device: String?
    package let time: String
    /// Whether this is the one shown.
    package let provisional: Bool

    package init(
        _ number: Int,
        _ authored: AuthoredVersion,
        at address: CellAddress,
        scheme: Scheme?,
        isProvisional: Bool
    ) {
        self.n = number
        self.scope = address.unit.description
        self.replica = authored.version.replica.description
        self.sequence = authored.version.sequence
        self.value = ValueJSON(authored.version.value, at: address, scheme: scheme)
        self.author = authored.author
        self._device = Nullable(wrappedValue: authored.device)
        self.time = authored.version.time.description
        self.provisional = isProvisional
    }

    /// All versions of a cell, numbered.
    package static func list(_ cell: CellState, scheme: Scheme?) -> [VersionJSON] {
        cell.versions.enumerated().map {
            VersionJSON(
                $0.offset + 1,
                $0.element,
                at: cell.address,
                scheme: scheme,
                isProvisional: $0.offset == 0
            )
        }
    }
}

extension ValueJSON {
    /// The value of a cell, with the unit of measure that the scheme gives its item.
    package init(_ value: CellValue, at address: CellAddress, scheme: Scheme?) {
        self.init(value, measure: scheme?.form(address.form)?.item(address.item)?.measure?.code)
    }
}

extension CellValue {
    /// For people, on one line, with the unit of measure that the scheme gives the cell's item.
    package func text(at address: CellAddress, scheme: Scheme?) -> String {
        self.shown(
            measure: scheme?.form(address.form)?.item(address.item)?.measure?.code,
            in: Speech.language
        ).onOneLine
    }
}

/// Behind a target: which version of its signed letter it is from; nothing where no letter is signed.
package func targetVersionNote(_ version: Int?) -> String {
    switch version {
    case nil: ""
    case 0?: say("〔原签〕", " (as signed)")
    case let number?: say("〔第\(number)次变更〕", " (amendment \(number))")
    }
}

extension AuthoredVersion {
    /// `张三，办公室一，2024-07-02T08:15:00Z`
    package var who: String {
        let device = self.device ?? self.version.replica.description
        return say(
            "\(self.author)，\(device)，\(self.version.time.shownInShanghai)",
            "\(self.author), \(device), \(self.version.time.shownInShanghai)"
        ).onOneLine
    }
}
