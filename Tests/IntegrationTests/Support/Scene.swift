import Foundation
import Testing

/// A folder of its own for one test, with the stores of a province and its offices. Removed with this object.
final class Scene: Sendable {
    let folder: URL

    init() throws {
        self.folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("huiliu-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: self.folder)
    }

    func path(_ name: String) -> String { self.folder.appendingPathComponent(name).path }

    /// Makes the province's store and serves it.
    func province(scheme: String? = nil, log: String = "info") async throws -> RunningServer {
        let store = self.path("province")
        let options = scheme.map { ["--scheme", $0] } ?? []
        let made = try await Command.server.run(["init", "--store", store] + options)
        try #require(made.exitCode == 0, "\(made.errors)")
        return try await RunningServer.start(store: store, log: log)
    }

    /// Makes the store of an office.
    func office(_ name: String, of unit: String = "410728", author: String? = nil, server: RunningServer) async throws
        -> Office
    {
        let office = Office(store: self.path(name), name: name, author: author ?? "\(name)的人")
        let made = try await Command.client.run([
            "init", "--store", office.store, "--unit", unit, "--server", server.address, "--name", office.name,
            "--author", office.author,
        ])
        try #require(made.exitCode == 0, "\(made.errors)")
        return office
    }

    /// Writes a file into the scene's folder.
    func write(_ text: String, to name: String) throws -> String {
        let file = self.folder.appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: file)
        return file.path
    }

    /// A copy of a store, or of anything else in the folder.
    func copy(_ name: String, to copy: String) throws -> String {
        try FileManager.default.copyItem(atPath: self.path(name), toPath: self.path(copy))
        return self.path(copy)
    }
}

/// A client's store, and its commands.
struct Office: Sendable {
    let store: String
    let name: String
    let author: String

    func run(_ arguments: String...) async throws -> RunningProgram.Finished {
        try await Command.client.run(arguments + ["--store", self.store])
    }

    func json(
        _ arguments: String...,
        exits exitCode: Int32 = 0,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> JSON {
        try await Command.client.json(
            arguments + ["--store", self.store],
            exits: exitCode,
            sourceLocation: sourceLocation
        )
    }

    /// The command must exit 0.
    func expect(_ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let finished = try await Command.client.run(arguments + ["--store", self.store])
        #expect(finished.exitCode == 0, "\(arguments): \(finished.errors)", sourceLocation: sourceLocation)
    }

    /// The command must fail; gives the error that it prints as JSON.
    func refusal(
        _ arguments: String...,
        exits exitCode: Int32 = 4,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> JSON {
        let finished = try await Command.client.run(arguments + ["--store", self.store, "--json"])
        #expect(finished.exitCode == exitCode, "\(arguments): \(finished.errors)", sourceLocation: sourceLocation)
        #expect(finished.output.isEmpty, sourceLocation: sourceLocation)
        return try JSON(finished.errors)["error"]
    }

    /// How long a sync waits for a server that is there, in seconds: the machine may have much else to do.
    static let patience = "300"

    @discardableResult
    func sync(exits exitCode: Int32 = 0, sourceLocation: SourceLocation = #_sourceLocation) async throws -> JSON {
        try await self.json("sync", "--wait", Self.patience, exits: exitCode, sourceLocation: sourceLocation)
    }

    /// The cell as `show` lists it.
    func cell(_ address: String, sourceLocation: SourceLocation = #_sourceLocation) async throws -> JSON {
        let parts = address.split(separator: "/").map(String.init)
        let shown = try await self.json("show", parts[0], parts[1], parts[2], sourceLocation: sourceLocation)
        return shown["cells"].first(where: "cell", is: address)
    }
}
