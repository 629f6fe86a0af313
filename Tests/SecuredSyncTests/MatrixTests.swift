import ClientStore
import ClientSync
import ReportModel
import ReportScheme
import ReportStorage
import ReportWire
import ServerStore
import TestSupport
import Testing

/// Every role × form × own unit, unit below, sibling and parent × before and after its revocation, over TLS. The device's
/// program asks nobody before it writes; what is let in is the province's decision alone.
@Suite("Who may write what, over lines with TLS")
struct MatrixTests {
    private static let own = UnitCode("410700")!
    private static let below = UnitCode("410728")!
    private static let parent = UnitCode("410000")!

    /// Who writes what, in words of its own: what only some may write, and where. All else a clerk and the office write in
    /// their unit and below, a reviewer in the own unit.
    private static let reserved: [String: Set<Role>] = [
        "target_letter": [.reviewer, .office], "task_table": [.office], "provincial_plan": [.office],
        "investment_promotion.foreign_funds_target": [.reviewer, .office],
    ]

    private static func allows(_ role: Role, _ form: Form, _ item: Item, in unit: UnitCode) -> Bool {
        guard [own, below].contains(unit), role != .auditor, role != .relay else { return false }
        if let roles = self.reserved["\(form.code)"] ?? self.reserved["\(form.code).\(item.code)"] {
            return roles.contains(role)
        }
        return role != .reviewer || unit == self.own
    }

    /// One item of each form that people fill in, and those that are reserved.
    private static func items(_ scheme: Scheme) -> [(form: Form, item: Item)] {
        scheme.forms.flatMap { form in
            let filled = form.items.filter { $0.formula == nil }
            let special = filled.filter { self.reserved["\(form.code).\($0.code)"] != nil }
            let plain = filled.first { self.reserved["\(form.code).\($0.code)"] == nil && !self.isReserved($0, form) }
            return ((plain.map { [$0] } ?? []) + special).map { (form, $0) }
        }
    }

    /// Items that a form reserves beside those named above.
    private static func isReserved(_ item: Item, _ form: Form) -> Bool {
        self.reserved["\(form.code)"] == nil && !item.writers.contains(.clerk, inOwnUnit: true)
    }

    private static func value(_ item: Item, _ text: String) -> CellValue {
        switch item.valueType {
        case .number: .number(Quantity(ExactDecimal(text)!))
        case .text: .text(text)
        case .date: .date(self.day)
        case .choice: .choice(item.choices[0])
        case .boolean: .boolean(true)
        }
    }

    /// Writes of every item in a scope, a change a form, as a program would that checks nothing.
    private func force(_ text: String, in scope: UnitCode, on device: Device, _ scheme: Scheme) throws {
        try device.store.database.write { writer in
            for (form, item) in Self.items(scheme) {
                let address = AddressInScope(form: form.code, period: Self.period, item: item.code)
                try writer.writeOwn(
                    [Change.Write(address, Self.value(item, text))],
                    in: scope,
                    author: "张三",
                    deviceName: "办公室一",
                    now: Province.now
                )
            }
        }
    }

    private static let period = Period("2024")!
    private static let day = CalendarDate(year: 2024, month: 7, day: 1)!

    @Test("what is allowed counts, all else has its reason and disturbs nothing", arguments: Role.allCases)
    func matrix(role: Role) async throws {
        let province = try Province()
        let scheme = province.scheme
        let sibling = try #require(
            scheme.children(of: Self.parent, on: Self.day).map(\.code).first { $0 != Self.own }
        )
        let device = try Device(0xC1, in: province, role: role, unit: Self.own)
        let clerk = try Device(0xC2, in: province, unit: Self.below)
        let security = try device.security(issuer: province.authority, pinned: province.authority)
        try clerk.write("14.2")
        let placements = [Self.own, Self.below, sibling, Self.parent]
        for scope in placements { try self.force("1", in: scope, on: device, scheme) }
        try await province.serve(province.security()) { server in
            _ = try await clerk.sync(
                server,
                clerk.security(issuer: province.authority, pinned: province.authority),
                scheme
            )
            _ = try await device.sync(server, security, scheme)
            for scope in placements {
                for (form, item) in Self.items(scheme) {
                    let cell = CellAddress(unit: scope, form: form.code, period: Self.period, item: item.code)
                    let name = "\(role) \(cell)"
                    let isAllowed = Self.allows(role, form, item, in: scope)
                    #expect(try province.counts(cell) == isAllowed, "\(name)")
                    guard [Self.own, Self.below].contains(scope), !isAllowed else { continue }
                    // The device learns why, in the same sync.
                    let event = try #require(
                        try device.store.database.read { try $0.history(of: cell) }.last,
                        "\(name)"
                    )
                    #expect(event.discounts.first?.code.isEmpty == false, "\(name)")
                }
            }
            for scope in [sibling, Self.parent] {
                let held = try province.store.database.read { try $0.log(of: scope) }
                #expect(!held.contains { $0.stored.signer == device.id }, "\(role) in \(scope)")
            }

            try province.store.revoke(device.id, as: province.root, now: Province.now)
            // The record of the refusal stands in the parent.
            let before = try province.store.standings(in: [Self.own, Self.below, sibling])
            for scope in [Self.own, Self.below] { try self.force("2", in: scope, on: device, scheme) }
            let failure = await #expect(throws: SyncFailure.self) {
                _ = try await device.sync(server, security, scheme)
            }
            guard case .refused(let error)? = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            #expect(error.knownCode == .deviceRevoked)
            #expect(try province.store.standings(in: [Self.own, Self.below, sibling]) == before, "nothing was taken")
        }
        let shown = try province.store.database.read { try $0.cell(Device.cell) }
        #expect(shown.versions.map(\.version.value.description) == ["14.2"], "an honest figure stays as it is")
    }
}

extension Province {
    /// Whether somebody's write of the cell counts.
    fileprivate func counts(_ cell: CellAddress) throws -> Bool {
        try self.store.database.read { try !$0.cell(cell).versions.isEmpty }
    }
}
