// swift-tools-version: 6.2

import PackageDescription

/// Every target of ours: Swift 6 mode is the tools version's default; a warning is an error.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// What others have made.
extension Target.Dependency {
    static let arguments: Self = .product(name: "ArgumentParser", package: "swift-argument-parser")
    static let configuration: Self = .product(name: "Configuration", package: "swift-configuration")
    static let core: Self = .product(name: "NIOCore", package: "swift-nio")
    static let crypto: Self = .product(name: "Crypto", package: "swift-crypto")
    static let cryptoExtras: Self = .product(name: "CryptoExtras", package: "swift-crypto")
    static let deque: Self = .product(name: "DequeModule", package: "swift-collections")
    static let embedded: Self = .product(name: "NIOEmbedded", package: "swift-nio")
    static let heap: Self = .product(name: "HeapModule", package: "swift-collections")
    static let histogram: Self = .product(name: "Histogram", package: "hdrhistogram-swift")
    static let http: Self = .product(name: "NIOHTTP1", package: "swift-nio")
    static let jwt: Self = .product(name: "JWTKit", package: "jwt-kit")
    static let lifecycle: Self = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let logging: Self = .product(name: "Logging", package: "swift-log")
    static let posix: Self = .product(name: "NIOPosix", package: "swift-nio")
    static let signals: Self = .product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let tls: Self = .product(name: "NIOSSL", package: "swift-nio-ssl")
    static let webSocket: Self = .product(name: "NIOWebSocket", package: "swift-nio")
    static let yaml: Self = .product(name: "Yams", package: "Yams")
}

let nio: [Target.Dependency] = [.core, .posix, .http]
let process: [Target.Dependency] = [.core, .posix, .logging, .lifecycle, .signals]

let package = Package(
    name: "tidegate",
    products: [
        .executable(name: "ingestor", targets: ["ingestor"]),
        .executable(name: "edge-node", targets: ["edge-node"]),
        .executable(name: "tidegate", targets: ["tidegate"]),
        .executable(name: "bybit-simulator", targets: ["bybit-simulator"]),
        .executable(name: "loadtest", targets: ["loadtest"]),
        .library(name: "Ingestor", targets: ["Ingestor"]),
        .library(name: "EdgeNode", targets: ["EdgeNode"]),
        .library(name: "BybitSimulator", targets: ["BybitSimulator"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["YAML"]),
        // The parser of that trait, for the document: it tells the line of each node.
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    ],
    targets: [
        // Debian's libhiredis-dev and libnats-dev (pkgConfig would warn of hiredis.pc's flags), and a header of ours.
        .systemLibrary(name: "CHiredis"), .systemLibrary(name: "CNats"), .systemLibrary(name: "CHotPath"),
        // What all programs speak, from the ground up: each sees those above it, the two kinds of stores never each other.
        .target(name: "Core", dependencies: [.core], path: "Sources/Shared/Core"),
        // What the exchange's streams are called and are, apart from the feed that brings them.
        .target(name: "BybitCatalog", dependencies: ["Core"], path: "Sources/Feeds/BybitCatalog"),
        .target(
            name: "Platform",
            dependencies: nio + ["Core", .webSocket, .tls, .logging, .configuration, .yaml, .deque],
            path: "Sources/Shared/Platform"
        ),
        .target(
            name: "Stores",
            dependencies: ["Core", "Platform", .core, .crypto, .logging, .deque],
            path: "Sources/Shared/Stores"
        ),
        .target(
            name: "RedisStores",
            dependencies: nio + ["CHiredis", "Core", "Platform", "Stores", .tls, .crypto, .logging, .deque],
            path: "Sources/Shared/RedisStores"
        ),
        .target(
            name: "NATSStores",
            dependencies: nio + ["CNats", "Core", "Platform", "Stores", .crypto, .logging, .deque],
            path: "Sources/Shared/NATSStores"
        ),
        // Which stores a program has, by its settings: chosen here and nowhere else.
        .target(
            name: "Composition",
            dependencies: [
                "BybitCatalog", "Core", "Platform", "Stores", "RedisStores", "NATSStores", .core, .logging,
                .lifecycle, .signals,
            ],
            path: "Sources/Commands/Composition"
        ),
        // Where publications come from: what all feeds are, and a target for each.
        .target(name: "FeedKit", dependencies: ["Core", "Platform", .core, .heap], path: "Sources/Feeds/FeedKit"),
        .target(
            name: "BybitFeed",
            dependencies: nio + ["BybitCatalog", "Core", "FeedKit", "Platform", .deque, .logging],
            path: "Sources/Feeds/BybitFeed"
        ),
        .target(
            name: "Ingestor",
            dependencies: nio + ["Core", "FeedKit", "Platform", "Stores", .deque, .logging, .lifecycle]
        ),
        .target(
            name: "EdgeNode",
            dependencies: nio + [
                "CHotPath", "Core", "Platform", "Stores", .tls, .deque, .heap, .crypto, .jwt, .logging, .lifecycle,
            ]
        ),
        .target(name: "BybitSimulator", dependencies: nio + ["Core", "Platform", .webSocket, .logging, .lifecycle]),
        // What a node's clients may speak. Apart from the stores: an ingestor has no use for it.
        .target(
            name: "EdgeComposition",
            dependencies: ["EdgeNode", "Platform", .core, .logging],
            path: "Sources/Commands/EdgeComposition"
        ),
        .executableTarget(
            name: "ingestor",
            dependencies: process + ["BybitFeed", "Composition", "Core", "FeedKit", "Ingestor", "Platform", "Stores"],
            path: "Sources/Commands/ingestor"
        ),
        .executableTarget(
            name: "edge-node",
            dependencies: process + ["Composition", "Core", "EdgeComposition", "EdgeNode", "Platform", "Stores"],
            path: "Sources/Commands/edge-node"
        ),
        // `tidegate simulate`, and a program of its own: it needs no store, and links no library of theirs.
        .target(
            name: "SimulateCommand",
            dependencies: ["BybitSimulator", "Platform", .arguments, .logging, .lifecycle, .signals],
            path: "Sources/Commands/SimulateCommand"
        ),
        .executableTarget(
            name: "bybit-simulator",
            dependencies: ["SimulateCommand", .arguments],
            path: "Sources/Commands/bybit-simulator"
        ),
        // `tidegate doctor`: apart from the command, so that tests can have it look at what they break.
        .target(
            name: "Doctor",
            dependencies: [
                "BybitFeed", "Composition", "Core", "EdgeComposition", "EdgeNode", "NATSStores", "Platform",
                "RedisStores",
                "Stores", .core, .posix, .tls, .logging,
            ],
            path: "Sources/Commands/Doctor"
        ),
        .executableTarget(
            name: "tidegate",
            dependencies: process + [
                "BybitCatalog", "BybitFeed", "BybitSimulator", "Composition", "Core", "Doctor", "EdgeComposition",
                "EdgeNode",
                "FeedKit", "Ingestor", "NATSStores", "Platform", "RedisStores", "SimulateCommand", "Stores", .arguments,
                .crypto,
            ],
            path: "Sources/Commands/tidegate"
        ),
        // The load generator: no part of the gateway, and cheap enough not to be what it measures.
        .target(
            name: "LoadGenerator",
            dependencies: nio + ["Core", "Platform", "Stores", .deque, .histogram, .logging],
            path: "loadtest/Sources/LoadGenerator"
        ),
        // Which stores it publishes to. Apart from it: whoever only counts links no library of theirs.
        .target(
            name: "LoadComposition",
            dependencies: ["Composition", "LoadGenerator", "Platform", "Stores", .logging, .posix],
            path: "loadtest/Sources/LoadComposition"
        ),
        .executableTarget(
            name: "loadtest",
            dependencies: ["LoadComposition", "LoadGenerator", .arguments],
            path: "loadtest/Sources/loadtest"
        ),
        .target(name: "CTestSupport", path: "Tests/CTestSupport"),
        .target(
            name: "TestSupport",
            dependencies: ["CTestSupport", .logging],
            path: "Tests/TestSupport",
            exclude: ["Python"]
        ),
        // Counts every malloc of the tests.
        .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
        // What every broker and every history promises, to be run against each of them.
        .target(
            name: "StoreContracts",
            dependencies: ["Core", "Platform", "Stores", "TestSupport", .core, .logging],
            path: "Tests/StoreContracts"
        ),
        .testTarget(
            name: "SharedTests",
            dependencies: nio + [
                "Composition", "Core", "NATSStores", "Platform", "RedisStores", "StoreContracts", "Stores",
                "TestSupport", .embedded, .webSocket, .tls, .logging,
            ]
        ),
        .testTarget(name: "BybitCatalogTests", dependencies: ["BybitCatalog", "Core", "TestSupport"]),
        .testTarget(
            name: "IngestorTests",
            dependencies: nio + [
                "BybitCatalog", "BybitFeed", "BybitSimulator", "Core", "FeedKit", "Ingestor", "Platform", "Stores",
                "TestSupport", .embedded, .webSocket, .logging, .lifecycle,
            ]
        ),
        .testTarget(
            name: "BybitFeedTests",
            dependencies: nio + [
                "BybitCatalog", "BybitFeed", "BybitSimulator", "Core", "FeedKit", "Platform", "TestSupport", .embedded,
                .webSocket, .logging,
            ]
        ),
        .testTarget(
            name: "EdgeNodeTests",
            dependencies: nio + [
                "BybitCatalog", "Core", "EdgeNode", "Platform", "Stores", "TestSupport", .embedded, .deque, .crypto,
                .cryptoExtras, .jwt, .logging, .tls,
            ]
        ),
        .testTarget(
            name: "LoadtestTests",
            dependencies: nio + [
                "BybitCatalog", "Core", "EdgeNode", "LoadGenerator", "Platform", "Stores", .embedded, .histogram,
                .logging, .lifecycle,
            ]
        ),
        .testTarget(
            name: "BybitSimulatorTests",
            dependencies: nio + ["BybitSimulator", "Core", "Platform", .webSocket, .logging, .lifecycle]
        ),
        .testTarget(name: "DoctorTests", dependencies: ["Doctor", "EdgeNode", "Platform", "Stores", .core]),
        // Real servers, started by the tests on free ports.
        .testTarget(
            name: "IntegrationTests",
            dependencies: nio + [
                "BybitCatalog", "BybitFeed", "BybitSimulator", "Core", "Doctor", "EdgeComposition", "EdgeNode",
                "FeedKit",
                "Ingestor", "LoadComposition", "LoadGenerator", "NATSStores", "Platform", "RedisStores",
                "StoreContracts", "Stores", "TestSupport", "CAllocationCounter", .crypto, .tls, .lifecycle, .logging,
            ],
            exclude: ["Python"]
        ),
        // Real processes: the executables are built beside the tests.
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "TestSupport", "tidegate", "ingestor", "edge-node", "bybit-simulator", "loadtest", .crypto,
            ],
            exclude: ["Python"]
        ),
    ]
)

// Readers of what outsiders send: a test gives them a corpus; `make fuzz` makes them a program with libFuzzer's driver. Then
// what is ours is instrumented and nothing else, so that libFuzzer looks for ways through our code.
let isFuzzing = Context.environment["TIDEGATE_FUZZ"] != nil
let sanitizers = ["-sanitize=fuzzer,address"]
let readers = nio + ["BybitCatalog", "Core", "EdgeNode", "Platform", "RedisStores", "TestSupport", .embedded, .crypto]
let fuzz = Target.executableTarget(name: "fuzz", dependencies: readers + ["CFuzzMain"], path: "Tests/FuzzTests")
fuzz.exclude = ["Replay"]
fuzz.linkerSettings = [.unsafeFlags(sanitizers)]
package.targets +=
    isFuzzing
    ? [fuzz, .target(name: "CFuzzMain", path: "Tests/CFuzzMain")]
    : [.testTarget(name: "FuzzTests", dependencies: readers, exclude: ["Program", "Replay/Corpus"])]

let inC = ["CAllocationCounter", "CFuzzMain", "CTestSupport"]
for target in package.targets where target.type != .system && !inC.contains(target.name) {
    target.swiftSettings = strict + (isFuzzing ? [.unsafeFlags(sanitizers)] : [])
}
