import Foundation
import Testing

@Suite("Arrows of the house")
struct DirectionTests {
    /// What each module of ours may import of ours. Downwards only: commands, drivers, stores and sessions, wire, model.
    static let allowed: [String: Set<String>] = [
        "ReportModel": [],
        "ReportScheme": ["ReportModel"],
        "Schemes": ["ReportScheme"],
        "ReportWire": ["ReportModel", "CZlib"],
        "ReportSession": ["ReportModel", "ReportWire"],
        "ReportStorage": ["ReportModel"],
        "ReportTransport": ["ReportModel", "ReportWire"],
        "ReportPages": ["ReportModel", "ReportScheme"],
        "ReportCommand": ["ReportModel", "ReportScheme", "ReportPages", "ReportStorage"],
        "ClientStore": ["ReportModel", "ReportScheme", "ReportStorage"],
        "ClientSync": [
            "ReportModel", "ReportScheme", "ReportWire", "ReportSession", "ReportTransport", "ClientStore",
        ],
        "ServerStore": ["ReportModel", "ReportScheme", "ReportStorage"],
        "ServerSync": [
            "ReportModel", "ReportScheme", "ReportWire", "ReportSession", "ReportTransport", "ServerStore",
        ],
        "ServerSummary": ["ReportModel", "ReportScheme"],
        "huiliu-client": [
            "ReportModel", "ReportScheme", "BundledScheme", "ReportCommand", "ReportPages", "ReportStorage",
            "ReportTransport", "ClientStore", "ClientSync",
        ],
        "huiliu-server": [
            "ReportModel", "ReportScheme", "BundledScheme", "ReportCommand", "ReportPages", "ReportStorage",
            "ReportTransport", "ServerStore", "ServerSync", "ServerSummary",
        ],
        "huiliu-inspect": ["ReportModel", "ReportScheme", "ReportCommand", "ReportPages", "ReportStorage"],
    ]

    /// Libraries that only these modules may import.
    static let edges: [String: Set<String>] = [
        "GRDB": ["ReportStorage"],
        "GRDBSQLite": ["ReportStorage"],
        "NIOCore": ["ReportTransport", "ClientSync", "ServerSync"],
        "NIOPosix": ["ReportTransport", "ClientSync", "ServerSync"],
        "ArgumentParser": ["ReportCommand", "huiliu-client", "huiliu-server", "huiliu-inspect"],
        "Yams": ["ReportScheme"],
        "Crypto": ["ReportModel", "ReportScheme"],
    ]

    @Test("point down, and client and server never meet")
    func direction() throws {
        let ours = Set(Self.allowed.keys).union(["BundledScheme", "CZlib"])
        for source in try House.sources() {
            let allowed = try #require(
                Self.allowed[source.module],
                "\(source.path) lies in a module that is not listed"
            )
            let imported = source.imports.intersection(ours)
            #expect(imported.isSubset(of: allowed), "\(source.path) imports \(imported.subtracting(allowed))")
        }
    }

    @Test("keep each library at its edge")
    func libraries() throws {
        for source in try House.sources() {
            for (library, modules) in Self.edges where source.imports.contains(library) {
                #expect(modules.contains(source.module), "\(source.path) imports \(library)")
            }
        }
    }

    @Test("keep sockets, files, clocks and randomness out of Protocol/")
    func purity() throws {
        let pure: Set<String> = [
            "ReportModel", "ReportScheme", "ReportWire", "ReportSession", "CZlib", "Crypto", "Yams",
        ]
        let impure = [
            " Date(", "(Date(", "Date.now", "FileManager", "FileHandle", "ProcessInfo", "ContinuousClock",
            "SuspendingClock",
            ".random(", ".randomElement(", ".shuffled(", "SystemRandomNumberGenerator", "UUID(", "Task {", "getenv",
        ]
        for source in try House.sources(in: ["Protocol"]) {
            #expect(source.imports.isSubset(of: pure), "\(source.path) imports \(source.imports.subtracting(pure))")
            for line in source.lines where !line.drop(while: \.isWhitespace).hasPrefix("//") {
                for word in impure {
                    #expect(!line.contains(word), "\(source.path): \(line)")
                }
            }
        }
    }

    @Test("keep binary floating point away from figures")
    func exactness() throws {
        let places: Set<String> = ["ReportModel", "ReportScheme", "ReportWire", "ServerSummary", "ReportStorage"]
        for source in try House.sources() where places.contains(source.module) {
            for line in source.lines where !line.drop(while: \.isWhitespace).hasPrefix("//") {
                #expect(
                    line.firstMatch(of: /\b(Double|Float|CGFloat)\b/.wordBoundaryKind(.simple)) == nil,
                    "\(source.path): \(line)"
                )
            }
        }
    }
}
