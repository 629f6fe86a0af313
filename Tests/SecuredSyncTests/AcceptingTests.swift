import ClientStore
import ReportModel
import ReportStorage
import ReportTransport
import ServerStore
import TestSupport
import Testing

@Suite("What does not count can be accepted later")
struct AcceptingTests {
    private let province: Province
    private let clerk: Device
    private let office: Device

    init() throws {
        self.province = try Province()
        self.clerk = try Device(0xC1, in: self.province)
        self.office = try Device(0xC2, in: self.province, role: .office, unit: UnitCode("410000")!)
    }

    private func sync(_ device: Device) async throws {
        let security = try device.security(issuer: self.province.authority, pinned: self.province.authority)
        try await self.province.serve(self.province.security()) { server in
            _ = try await device.sync(server, security, self.province.scheme)
        }
    }

    private func accept(_ write: UncountedWrite, on device: Device) throws -> EditOutcome {
        let edit = Edit(write.address, write.value, accepts: write.name)
        return try device.store.write([edit], scheme: self.province.scheme, now: Province.now)[0]
    }

    @Test("by somebody who may write the cell: as a new change that names its basis, for everybody")
    func accepted() async throws {
        let target = CellAddress(
            unit: Province.unit,
            form: "investment_promotion",
            period: Period("2024")!,
            item: "foreign_funds_target"
        )
        let value = CellValue.number(Quantity(ExactDecimal("4200")!))
        // A program that asks nobody.
        #expect(try self.clerk.write(value, to: target) == .new)
        try await self.sync(self.clerk)
        try await self.sync(self.office)
        let writes = try self.office.store.uncountedWrites()
        let write = try #require(writes.first { $0.address == target })
        #expect(writes.count == 1 && write.value == value && write.discounts.map(\.code) == ["not_written_by_role"])
        #expect(write.authored.device == "办公室一")
        #expect(try self.clerk.store.uncountedWrites().map(\.name) == [write.name])

        guard case .refused(let refusal) = try self.accept(write, on: self.clerk) else {
            Issue.record("whoever may not write it may not accept it")
            return
        }
        #expect(refusal.code == "not_written_by_role")
        #expect(try self.accept(write, on: self.office).isWritten)
        #expect(try self.office.store.uncountedWrites().isEmpty)
        try await self.sync(self.office)
        try await self.sync(self.clerk)
        for store in [self.clerk.store.database, self.office.store.database, self.province.store.database] {
            try store.read { reader in
                #expect(try reader.cell(target).value == value)
                let basis = try reader.cell(CellAddress(SystemForm.accepted(write.name), in: target.unit))
                #expect(basis.value == .boolean(true))
                let history = try reader.history(of: target)
                let event = try #require(history.last)
                #expect(event.signer == self.office.id && event.discounts.isEmpty)
                #expect(history.map(\.accepts) == [[], [history[0].dot]])
            }
            #expect(try store.verify().firstProblem == nil)
        }
        #expect(try self.clerk.store.status().uncounted.isEmpty)
    }

    @Test("also where the very value is there already, so that it is off the list")
    func sameValue() async throws {
        let cell = Device.cell
        let other = try Device(0xC3, in: self.province)
        _ = try self.clerk.write(.text("14.2"), to: cell)
        try await self.sync(self.clerk)
        // Somebody who had not seen it writes the cell.
        try other.write("14.2")
        try await self.sync(other)
        let write = try #require(try other.store.uncountedWrites().first)
        let right = Edit(cell, .number(Quantity(ExactDecimal("14.2")!)), accepts: write.name)
        #expect(try other.store.write([right], scheme: self.province.scheme, now: Province.now)[0] == .changed)
        #expect(try other.store.uncountedWrites().isEmpty)
    }
}
