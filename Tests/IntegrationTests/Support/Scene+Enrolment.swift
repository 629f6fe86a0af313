import Testing

extension Scene {
    /// Makes the province's store; nobody is enrolled yet, and nothing is served.
    func newProvince() async throws -> String {
        let store = self.path("province")
        let made = try await Command.server.run(["init", "--store", store])
        try #require(made.exitCode == 0, "\(made.errors)")
        return store
    }

    /// Makes the enrolment file of a device.
    ///
    /// - Returns: Its path.
    func enrolmentFile(
        _ name: String,
        of unit: String = "410728",
        role: String = "clerk",
        in province: String
    ) async throws -> String {
        let file = self.path("\(name).enrol")
        let made = try await Command.server.run([
            "enrol", "--store", province, "--unit", unit, "--name", name, "--person", "\(name)的人", "--role", role,
            "--out", file,
        ])
        try #require(made.exitCode == 0, "\(made.errors)")
        return file
    }

    /// Enrols a device with its file.
    func enrolled(_ name: String, with file: String, server: RunningServer) async throws -> Office {
        let office = Office(store: self.path(name), name: name, author: "\(name)的人")
        let done = try await Command.client.run([
            "enrol", file, "--store", office.store, "--server", server.address, "--wait", Office.patience,
        ])
        try #require(done.exitCode == 0, "\(done.errors)")
        return office
    }
}

/// The province's commands on its store.
struct ProvinceCommands: Sendable {
    let store: String

    /// The ids of the enrolled devices by their names.
    func devices() async throws -> [String: JSON] {
        let devices = try await Command.server.json(["devices", "--store", self.store])["enrolled"].list
        return Dictionary(devices.map { ($0["name"].text ?? "", $0) }) { first, _ in first }
    }

    func revoke(_ name: String) async throws {
        let device = try #require(try await self.devices()[name]?["device"].text)
        let done = try await Command.server.run(["devices", "revoke", device, "--store", self.store])
        try #require(done.exitCode == 0, "\(done.errors)")
    }

    /// What is shown of a cell in the totals of its unit.
    func sum(of unit: String, _ item: String, form: String = "infrastructure", period: String = "2024-H1") async throws
        -> String?
    {
        let totals = try await Command.server.json([
            "totals", form, period, "--under", unit, "--store", self.store,
        ])
        return totals["rows"].list.first { $0["item"].text == item }?["sum"].text
    }
}
