// swift-tools-version: 6.1
import Foundation
import PackageDescription

/// Settings of every target. Swift 6 mode comes with the tools version.
let settings: [SwiftSetting] = [
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0335-existential-any.md
    .enableUpcomingFeature("ExistentialAny"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0444-member-import-visibility.md
    .enableUpcomingFeature("MemberImportVisibility"),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let bigInt = Target.Dependency.product(name: "BigInt", package: "BigInt")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
]
let nioTLS: [Target.Dependency] = [
    .product(name: "NIOSSL", package: "swift-nio-ssl"),
    .product(name: "NIOTLS", package: "swift-nio"),
]
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let certificates: [Target.Dependency] = [
    .product(name: "X509", package: "swift-certificates"),
    .product(name: "SwiftASN1", package: "swift-asn1"),
]
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

/// A library of ours. `folder` is one of the five rooms of the house (README.md, "The house").
///
/// - Parameter exclude: what of the folder is no source.
func library(
    _ name: String,
    in folder: String,
    _ dependencies: [Target.Dependency],
    exclude: [String] = []
) -> Target {
    .target(
        name: name,
        dependencies: dependencies,
        path: "\(folder)/\(name)",
        exclude: exclude,
        swiftSettings: settings
    )
}

func command(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name,
        dependencies: dependencies + [argumentParser],
        path: "Sources/\(name)",
        swiftSettings: settings
    )
}

/// - Parameter exclude: what of the folder is no source, such as frozen bytes.
func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: name,
        dependencies: dependencies + ["TestSupport"],
        path: "Tests/\(name)",
        exclude: exclude,
        swiftSettings: settings
    )
}

/// The scheme that the programs carry within themselves, so that they run when copied elsewhere.
let schemeFolder = Context.packageDirectory + "/Protocol/Schemes/henan-zones"
let schemeFiles = try FileManager.default.contentsOfDirectory(atPath: schemeFolder)
    .filter { $0.hasSuffix(".yaml") }.sorted()

var targets: [Target] = [
    // Protocol: what both sides must agree on. No sockets, files, clocks or randomness.
    library("ReportModel", in: "Protocol", [bigInt, crypto]),
    library("ReportScheme", in: "Protocol", ["ReportModel", crypto, yams]),
    library("ReportWire", in: "Protocol", ["ReportModel", "CZlib"]),
    library("ReportSession", in: "Protocol", ["ReportModel", "ReportWire"]),
    library("ReportIdentity", in: "Protocol", ["ReportModel", crypto] + certificates),
    library("ReportParcel", in: "Protocol", ["ReportModel", "ReportWire", "ReportIdentity", crypto]),
    .target(
        name: "BundledScheme",
        dependencies: ["ReportScheme"],
        path: "Protocol/Schemes",
        exclude: ["README.md", "henan-zones/README.md", "henan-zones/examples"],
        sources: ["BundledScheme.swift"],
        resources: schemeFiles.map { .embedInCode("henan-zones/\($0)") },
        swiftSettings: settings
    ),

    // Sources: the commands, what both sides share, and the C libraries.
    .systemLibrary(name: "CZlib", path: "Sources/CZlib", pkgConfig: "zlib", providers: [.apt(["libz-dev"])]),
    library("ReportStorage", in: "Sources", ["ReportModel", crypto, grdb, sqlite]),
    library(
        "ReportTransport",
        in: "Sources",
        ["ReportModel", "ReportWire", "ReportIdentity", crypto, logging] + nio + nioTLS
    ),
    library("ReportPages", in: "Sources", ["ReportModel", "ReportScheme"]),
    library(
        "ReportCommand",
        in: "Sources",
        ["ReportModel", "ReportScheme", "ReportParcel", "ReportPages", "ReportStorage", argumentParser, logging]
    ),

    // Client: what runs in a county office.
    library("ClientStore", in: "Client", ["ReportModel", "ReportScheme", "ReportStorage", grdb]),
    library(
        "ClientSync",
        in: "Client",
        [
            "ReportModel", "ReportScheme", "ReportWire", "ReportIdentity", "ReportSession", "ReportParcel",
            "ReportStorage", "ReportTransport", "ClientStore", crypto, logging,
        ] + nio
    ),

    // Server: what runs at the province.
    library("ServerStore", in: "Server", ["ReportModel", "ReportScheme", "ReportStorage", grdb]),
    library(
        "ServerSync",
        in: "Server",
        [
            "ReportModel", "ReportIdentity", "ReportScheme", "ReportWire", "ReportSession", "ReportParcel",
            "ReportStorage", "ReportTransport", "ServerIdentity", "ServerStore", logging, serviceLifecycle,
        ] + nio
    ),
    library("ServerSummary", in: "Server", ["ReportModel", "ReportScheme"]),
    library(
        "ServerIdentity",
        in: "Server",
        ["ReportModel", "ReportIdentity", "ReportStorage", crypto],
        exclude: ["README.md"]
    ),

    command(
        "huiliu-client",
        [
            "ReportModel", "ReportScheme", "BundledScheme", "ReportCommand", "ReportPages", "ReportStorage",
            "ReportTransport", "ReportIdentity", "ReportParcel", "ClientStore", "ClientSync", crypto, logging,
        ]
    ),
    command(
        "huiliu-server",
        [
            "ReportModel", "ReportScheme", "BundledScheme", "ReportCommand", "ReportPages", "ReportStorage",
            "ReportTransport", "ReportIdentity", "ReportParcel", "ServerIdentity", "ServerStore", "ServerSync",
            "ServerSummary", logging, serviceLifecycle,
            .product(name: "UnixSignals", package: "swift-service-lifecycle"),
        ]
    ),
    command(
        "huiliu-inspect",
        [
            "ReportModel", "ReportScheme", "ReportWire", "ReportIdentity", "ReportParcel", "ReportCommand",
            "ReportPages", "ReportStorage", crypto,
        ]
    ),

    // Tests: what only tests run.
    library("TestSupport", in: "Tests", ["ReportModel", "ReportStorage"]),
    library(
        "Simulation",
        in: "Tests",
        [
            "ReportModel", "ReportScheme", "ReportWire", "ReportIdentity", "ReportSession", "ReportParcel",
            "ReportStorage", "ClientStore", "ClientSync", "ServerStore", "ServerSync", "ServerIdentity", "TestSupport",
            crypto, logging,
        ]
    ),
    tests("ReportModelTests", ["ReportModel", bigInt, crypto]),
    // The sessions run the sync that the specification shows in bytes.
    tests(
        "ReportWireTests",
        ["ReportModel", "ReportWire", "ReportSession", crypto],
        exclude: ["README.md", "Vectors"]
    ),
    tests(
        "ReportSchemeTests",
        ["ReportModel", "ReportScheme", "BundledScheme", "ServerSummary", "ReportPages"],
        exclude: ["Cases"]
    ),
    .testTarget(
        name: "ReportSessionTests",
        dependencies: ["ReportModel", "ReportWire", "ReportSession", "TestSupport"],
        path: "Tests/ReportSessionTests",
        exclude: ["Conversations"],
        swiftSettings: settings
    ),
    .testTarget(
        name: "ReportStorageTests",
        dependencies: ["ReportModel", "ReportStorage", "TestSupport", grdb, crypto],
        path: "Tests/ReportStorageTests",
        exclude: ["Schemas"],
        swiftSettings: settings
    ),
    tests("ClientStoreTests", ["ReportModel", "ReportScheme", "ReportStorage", "ClientStore"]),
    tests(
        "ServerStoreTests",
        ["ReportModel", "ReportScheme", "BundledScheme", "ReportStorage", "ClientStore", "ServerStore", crypto]
    ),
    tests("ReportIdentityTests", ["ReportModel", "ReportIdentity", crypto] + certificates),
    tests("ReportParcelTests", ["ReportModel", "ReportWire", "ReportIdentity", "ReportParcel", crypto]),
    tests("ServerIdentityTests", ["ReportModel", "ReportIdentity", "ReportStorage", "ServerIdentity", crypto]),
    tests(
        "ReportTransportTests",
        ["ReportModel", "ReportWire", "ReportIdentity", "ReportTransport", crypto] + nio + nioTLS + [nioEmbedded]
    ),
    // Real lines between the two sides.
    tests(
        "SecuredSyncTests",
        [
            "ReportModel", "ReportScheme", "BundledScheme", "ReportWire", "ReportIdentity", "ReportParcel",
            "ReportStorage", "ReportTransport", "ClientStore", "ClientSync", "ServerStore", "ServerSync",
            "ServerIdentity", crypto,
            logging, serviceLifecycle,
        ] + nio
    ),
    tests(
        "ServerSyncTests",
        ["ReportModel", "ReportScheme", "ReportStorage", "ReportWire", "ServerStore", "ServerSync", grdb]
    ),
    tests(
        "SimulationTests",
        [
            "Simulation", "ReportModel", "ReportScheme", "ReportWire", "ReportSession", "ReportStorage", "ClientStore",
            "ServerStore",
        ]
    ),
    .target(
        name: "FuzzProperties",
        dependencies: [
            "ReportModel", "ReportScheme", "BundledScheme", "ReportWire", "ReportIdentity", "ReportParcel",
            "ReportSession", "ReportStorage", "ClientStore", "ServerStore", "TestSupport", crypto,
        ],
        path: "Tests/Fuzz/Properties",
        swiftSettings: settings
    ),
    .testTarget(
        name: "FuzzTests",
        dependencies: ["ReportModel", "FuzzProperties", "TestSupport"],
        path: "Tests/Fuzz/Tests",
        swiftSettings: settings
    ),
    tests("HouseTests", []),
    // The commands are named so that they are built; the tests run them as processes.
    tests(
        "IntegrationTests",
        [
            "huiliu-client", "huiliu-server", "huiliu-inspect", "ReportModel", "ReportScheme", "ReportWire",
            "BundledScheme", "ClientStore", "ReportStorage", "ServerStore",
        ]
    ),
]

// Benchmarks are built only where they are asked for: they want a release build.
if Context.environment["HUILIU_BENCHMARKS"] != nil {
    targets.append(
        .executableTarget(
            name: "huiliu-benchmarks",
            dependencies: [
                "ReportModel", "ReportScheme", "ReportWire", "ReportSession", "ReportStorage", "ReportTransport",
                "BundledScheme",
                "ReportIdentity", "ClientStore", "ClientSync", "ServerIdentity", "ServerStore", "ServerSync",
                "ServerSummary", "TestSupport", grdb, sqlite, crypto, logging, serviceLifecycle,
            ] + nio,
            path: "Tests/Benchmarks",
            swiftSettings: settings
        )
    )
}

// The fuzzers want a build with libFuzzer (`make fuzz`); what they try is a library, which the tests try too.
if Context.environment["HUILIU_FUZZ"] != nil {
    targets.append(
        .executableTarget(
            name: "huiliu-fuzz",
            dependencies: ["ReportModel", "FuzzProperties", "TestSupport"],
            path: "Tests/Fuzz/Runner",
            swiftSettings: settings
        )
    )
}

// Long runs of the simulation, likewise.
if Context.environment["HUILIU_SOAK"] != nil {
    targets.append(
        .executableTarget(
            name: "huiliu-soak",
            dependencies: ["Simulation"],
            path: "Tests/Soak",
            swiftSettings: settings
        )
    )
}

let package = Package(
    name: "huiliu",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/attaswift/BigInt", from: "6.0.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: targets
)
