import Foundation
import Testing

@Suite("Who may import whom")
struct DirectionTests {
    /// Our modules from the bottom upwards. A module imports only modules that stand in a lower row.
    static let rows: [Set<String>] = [
        ["CZlib", "ReportModel"],
        ["ReportScheme", "ReportWire", "ReportIdentity"],
        ["BundledScheme", "ReportSession", "ReportParcel", "ReportStorage", "ReportTransport", "ReportPages"],
        ["ClientStore", "ServerStore", "ServerSummary", "ServerIdentity", "ReportCommand"],
        ["ClientSync", "ServerSync"],
        ["huiliu-client", "huiliu-server", "huiliu-inspect"],
    ]

    static let ours = Set(rows.joined())

    /// The module of a file. The bundled scheme lies in the folder of the schemes.
    private static func module(of file: SourceFile) -> String {
        file.module == "Schemes" ? "BundledScheme" : file.module
    }

    private static func row(of module: String) -> Int? {
        self.rows.firstIndex { $0.contains(module) }
    }

    static let product = SourceTree.files.filter { $0.room != "Tests" }

    @Test("commands import drivers, drivers stores and sessions, these the wire, and the wire the model")
    func downwards() throws {
        #expect(Self.product.count > 80, "the sources are found")
        for file in Self.product {
            let module = Self.module(of: file)
            let own = try #require(Self.row(of: module), "\(file.path): give the module a row here")
            for name in file.imports where Self.ours.contains(name) {
                #expect(Self.row(of: name)! < own, "\(file.path) imports \(name)")
            }
        }
    }

    @Test("client and server never import each other, nor anything shared either of them")
    func apart() {
        for file in Self.product {
            for name in file.imports where Self.ours.contains(name) {
                let isClients = name.hasPrefix("Client"), isServers = name.hasPrefix("Server")
                let mayClients = file.room == "Client" || file.module == "huiliu-client"
                let mayServers = file.room == "Server" || file.module == "huiliu-server"
                #expect(!isClients || mayClients, "\(file.path) imports \(name)")
                #expect(!isServers || mayServers, "\(file.path) imports \(name)")
            }
        }
    }

    @Test("a store never imports the wire or a socket, and a session never imports a store")
    func storesAndSessions() {
        for file in Self.product {
            switch file.module {
            case "ReportStorage", "ClientStore", "ServerStore":
                let forbidden = file.imports.filter {
                    $0.hasPrefix("NIO") || ["ReportWire", "ReportSession", "ReportTransport"].contains($0)
                }
                #expect(forbidden.isEmpty, "\(file.path) imports \(forbidden)")
            case "ReportSession", "ReportWire":
                #expect(Set(file.imports).isSubset(of: ["ReportModel", "ReportWire", "CZlib"]), "\(file.path)")
            case "ReportTransport":
                #expect(!file.imports.contains { $0.hasSuffix("Store") || $0 == "GRDB" }, "\(file.path)")
            default:
                break
            }
        }
    }

    // MARK: - What both sides must agree on

    @Test("Protocol/ imports only itself, hashing, large integers, YAML, zlib, and for identity certificates")
    func protocolImports() {
        let allowed = Self.rows[0].union(Self.rows[1]).union(["ReportSession", "BigInt", "Crypto", "Yams"])
        for file in Self.product where file.room == "Protocol" {
            let more: Set<String> =
                switch file.module {
                // The library of certificates has times as Foundation's dates.
                case "ReportIdentity": ["X509", "SwiftASN1", "Foundation"]
                // And that of encryption has bytes as Foundation's.
                case "ReportParcel": ["Foundation"]
                default: []
                }
            #expect(Set(file.imports).isSubset(of: allowed.union(more)), "\(file.path) imports \(file.imports)")
        }
    }

    /// Names of clocks, files, sockets, threads and randomness.
    static let impure = [
        "Date()", "Date.now", "Date(timeIntervalSinceNow", "FileManager", "FileHandle", ".random(", ".randomElement(",
        ".shuffled(",
        "SystemRandomNumberGenerator", "ProcessInfo", "URLSession", "Dispatch", "ContinuousClock", "SuspendingClock",
        "Task.sleep", "Task {", "Task.detached", "Thread", "getenv", "fopen", "socket(", "contentsOfFile", "print(",
    ]

    @Test("Protocol/ uses no sockets, files, clocks, threads or randomness")
    func protocolIsPure() {
        for file in Self.product where file.room == "Protocol" {
            for (number, text) in file.code {
                for name in Self.impure where Self.uses(text, name) {
                    Issue.record("\(file.path):\(number) uses \(name)")
                }
            }
        }
    }

    /// Whether `name` begins a word of `text`: `CalendarDate(` is not `Date(`.
    private static func uses(_ text: String, _ name: String) -> Bool {
        text.ranges(of: name).contains { range in
            let before = text[..<range.lowerBound].last
            return name.hasPrefix(".") || !(before.map { $0.isLetter || $0.isNumber } ?? false)
        }
    }

    @Test("no binary floating point touches a figure", arguments: ["ReportModel", "ReportScheme", "ServerSummary"])
    func noFloatingPoint(module: String) {
        let files = Self.product.filter { $0.module == module }
        #expect(!files.isEmpty)
        for file in files {
            for (number, text) in file.code {
                let words = text.split { !$0.isLetter && !$0.isNumber }
                let floating = words.filter { ["Double", "Float", "Float16", "Float80", "CGFloat"].contains($0) }
                #expect(floating.isEmpty, "\(file.path):\(number)")
            }
        }
    }
}
