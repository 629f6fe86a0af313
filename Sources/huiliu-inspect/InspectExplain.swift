import ArgumentParser
import ReportCommand
import ReportModel
import ReportPages
import ReportScheme
import ReportStorage

struct InspectExplain: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "explain",
            abstract: say(
                "讲述一个单元格的来历：谁、在哪台设备、何时写了什么，取代了什么，为什么现在是这个值",
                "Tells the story of a cell: who wrote what, on which device, when, what it superseded, and why it is what it is."
            ),
            discussion: say(
                "例：huiliu-inspect explain 410728-01/infrastructure/2024-H1/roads --store 目录",
                "Example: huiliu-inspect explain 410728-01/infrastructure/2024-H1/roads --store DIR"
            )
        )
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: JSONOption
    @Argument(help: ArgumentHelp(say("单元格：单位/报表/报告期/指标", "The cell: unit/form/period/item."), valueName: "cell"))
    var cell: String

    func run() async throws {
        let store = try OpenedStore(in: self.common.storeDirectory)
        let address = try TypedAddress.read(self.cell, scheme: store.scheme)
        let (state, history, devices) = try store.database.read { reader in
            let history = try reader.history(of: address)
            // Why the root ruled as it did follows from what the device was granted.
            let devices = try history.filter { !$0.discounts.isEmpty }.compactMap(\.signer).compactMap {
                try reader.grantedDevice($0, in: address.unit)
            }
            return (try reader.cell(address), history, devices)
        }
        let reason = history.isEmpty ? Self.nothing(at: address, store.scheme) : Self.reason(state)
        if self.output.json {
            JSONOutput.write(
                ExplainJSON(
                    cell: address.description,
                    current: VersionJSON.list(state, scheme: store.scheme),
                    history: history.enumerated().map { index, event in
                        EventJSON(index + 1, event, state: state, scheme: store.scheme)
                    },
                    reason: reason[Speech.language]
                )
            )
            return
        }
        let item = store.scheme?.form(address.form)?.item(address.item)?.name[Speech.language]
        let unit = store.scheme?.unit(address.unit)?.name[Speech.language]
        Console.line([address.description, unit, item].compactMap { $0 }.joined(separator: "  "))
        for (index, event) in history.enumerated() {
            let device = devices.first { $0.key.id == event.signer }
            Console.line("  \(index + 1). \(Self.sentence(event, at: address, on: device, store: store))")
        }
        Console.line(reason[Speech.language])
    }

    /// - Parameter device: which wrote it, where that is known and matters.
    private static func sentence(
        _ event: CellEvent,
        at address: CellAddress,
        on device: GrantedDevice?,
        store: OpenedStore
    ) -> String {
        let value = event.authored.version.value.text(at: address, scheme: store.scheme)
        var text = say("\(event.authored.who)：写入 \(value)", "\(event.authored.who): wrote \(value)")
        if !event.accepts.isEmpty {
            let names = event.accepts.joined(separator: ", ")
            text += say("，采纳 \(names)", ", accepting \(names)")
        }
        if !event.supersedes.isEmpty {
            let names = event.supersedes.joined(separator: ", ")
            text +=
                event.supersedes.count > 1
                ? say("，裁定冲突，取代 \(names)", ", settling the conflict of \(names)")
                : say("，取代 \(names)", ", superseding \(names)")
        }
        text += "  [\(event.dot)]"
        if let signer = event.signer {
            let digits = String(signer.description.prefix(8))
            text += say("  由登记号 \(digits)… 签封", "  sealed by the device \(digits)…")
        }
        for discount in event.discounts {
            text += say("  不算数：", "  does not count: ")
            text += discount.words(of: (address, event.authored), on: device, scheme: store.scheme)[Speech.language]
        }
        if store.database.kind == .client, !event.isDelivered {
            text += say("  尚未送达省级", "  not yet delivered to the province")
        }
        return text
    }

    private static func nothing(at address: CellAddress, _ scheme: Scheme?) -> Bilingual {
        let isKnown = scheme?.knows(unit: address.unit, form: address.form, item: address.item) ?? true
        return isKnown
            ? Bilingual("此单元格从未写入：缺报，不是零。", "Nobody has written this cell: it is missing, not zero.")
            : Bilingual(
                "制度中没有这个单元格，也从未有人写过它；请核对单位、报表和指标。",
                "The scheme has no such cell, and nobody has ever written it; check the unit, form and item."
            )
    }

    private static func reason(_ state: CellState) -> Bilingual {
        guard let shown = state.versions.first else {
            return Bilingual(
                "写过的都不算数：缺报，不是零。",
                "Nothing that was written counts: it is missing, not zero."
            )
        }
        let value = shown.version.value == .missing ? "—" : shown.version.value.description.onOneLine
        guard state.versions.count > 1 else {
            return Bilingual("现值 \(value)：没有别的写入与它并存。", "It is \(value): no other write stands beside it.")
        }
        return state.isConflict
            ? Bilingual(
                "有 \(state.versions.count) 个互不知晓的值并存，尚未裁定；暂显示 \(value)，因为它的时间（同时则依设备号、序号）最大。",
                "\(state.versions.count) values stand side by side, written without knowledge of each other, and nobody has decided; \(value) is shown for now because its time (then replica, sequence) is the greatest."
            )
            : Bilingual(
                "有 \(state.versions.count) 次互不知晓的写入，值相同，所以不算冲突：\(value)。",
                "\(state.versions.count) writes without knowledge of each other agree on \(value), which is no conflict."
            )
    }

    private struct ExplainJSON: Encodable {
        let cell: String
        let current: [VersionJSON]
        let history: [EventJSON]
        let reason: String
    }

    private struct EventJSON: Encodable {
        let version: VersionJSON
        let supersededBy: [String]
        /// The dots of the writes that did not count and that it accepts.
        let accepts: [String]
        let delivered: Bool
        /// The codes of the reasons; none for a write that counts.
        let notCounted: [String]
        /// The id of the device that has sealed it; null where nobody seals.
        @Nullable var signer: String?

        init(_ number: Int, _ event: CellEvent, state: CellState, scheme: Scheme?) {
            self.version = VersionJSON(
                number,
                event.authored,
                at: state.address,
                scheme: scheme,
                isProvisional: state.versions.first?.version.hash == event.authored.version.hash
            )
            self.supersededBy = event.supersededBy
            self.accepts = event.accepts
            self.delivered = event.isDelivered
            self.notCounted = event.discounts.map(\.code)
            self._signer = Nullable(wrappedValue: event.signer?.description)
        }

        private enum CodingKeys: String, CodingKey {
            case supersededBy = "superseded_by"
            case accepts, delivered, signer
            case notCounted = "not_counted"
        }

        func encode(to encoder: any Encoder) throws {
            try self.version.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(self.supersededBy, forKey: .supersededBy)
            try container.encode(self.accepts, forKey: .accepts)
            try container.encode(self.delivered, forKey: .delivered)
            try container.encode(self.notCounted, forKey: .notCounted)
            try container.encode(self.signer, forKey: .signer)
        }
    }
}
