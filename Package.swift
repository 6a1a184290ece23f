// swift-tools-version: 6.2

import PackageDescription

/// Every target of ours: Swift 6 mode is the tools version's default; a warning is an error.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
]

let process: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "Logging", package: "swift-log"),
    .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
    .product(name: "UnixSignals", package: "swift-service-lifecycle"),
]

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
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    ],
    targets: [
        // From Debian: libhiredis-dev and libnats-dev. Without pkgConfig: hiredis.pc's flags make the package manager warn.
        .systemLibrary(name: "CHiredis"),
        .systemLibrary(name: "CNats"),
        // A header of ours.
        .systemLibrary(name: "CHotPath"),
        // What all programs speak, from the ground up: each sees those above it, the two kinds of stores never each other.
        .target(
            name: "Core",
            dependencies: [.product(name: "NIOCore", package: "swift-nio")],
            path: "Sources/Shared/Core",
            swiftSettings: strict
        ),
        // What the exchange's streams are called and are, apart from the feed that brings them.
        .target(
            name: "BybitCatalog",
            dependencies: ["Core"],
            path: "Sources/Feeds/BybitCatalog",
            swiftSettings: strict
        ),
        .target(
            name: "Platform",
            dependencies: nio + [
                "Core",
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Yams", package: "Yams"),
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            path: "Sources/Shared/Platform",
            swiftSettings: strict
        ),
        .target(
            name: "Stores",
            dependencies: [
                "Core", "Platform",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            path: "Sources/Shared/Stores",
            swiftSettings: strict
        ),
        .target(
            name: "RedisStores",
            dependencies: nio + [
                "CHiredis", "Core", "Platform", "Stores",
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            path: "Sources/Shared/RedisStores",
            swiftSettings: strict
        ),
        .target(
            name: "NATSStores",
            dependencies: nio + [
                "CNats", "Core", "Platform", "Stores",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            path: "Sources/Shared/NATSStores",
            swiftSettings: strict
        ),
        // Which stores a program has, by its settings: chosen here and nowhere else.
        .target(
            name: "Composition",
            dependencies: [
                "BybitCatalog", "Core", "Platform", "Stores", "RedisStores", "NATSStores",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Sources/Commands/Composition",
            swiftSettings: strict
        ),
        // Where publications come from: what all feeds are, and a target for each.
        .target(
            name: "FeedKit",
            dependencies: [
                "Core", "Platform",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "HeapModule", package: "swift-collections"),
            ],
            path: "Sources/Feeds/FeedKit",
            swiftSettings: strict
        ),
        .target(
            name: "BybitFeed",
            dependencies: nio + [
                "BybitCatalog", "Core", "FeedKit", "Platform",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Sources/Feeds/BybitFeed",
            swiftSettings: strict
        ),
        .target(
            name: "Ingestor",
            dependencies: nio + [
                "Core", "FeedKit", "Platform", "Stores",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "EdgeNode",
            dependencies: nio + [
                "CHotPath", "Core", "Platform", "Stores",
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "BybitSimulator",
            dependencies: nio + [
                "Core", "Platform",
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),
        // What a node's clients may speak. Apart from the stores: an ingestor has no use for it.
        .target(
            name: "EdgeComposition",
            dependencies: ["EdgeNode"],
            path: "Sources/Commands/EdgeComposition",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "ingestor",
            dependencies: process + ["BybitFeed", "Composition", "Core", "FeedKit", "Ingestor", "Platform", "Stores"],
            path: "Sources/Commands/ingestor",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "edge-node",
            dependencies: process + ["Composition", "Core", "EdgeComposition", "EdgeNode", "Platform", "Stores"],
            path: "Sources/Commands/edge-node",
            swiftSettings: strict
        ),
        // `tidegate simulate`, and a program of its own: it needs no store, and links no library of theirs.
        .target(
            name: "SimulateCommand",
            dependencies: [
                "BybitSimulator", "Platform",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            path: "Sources/Commands/SimulateCommand",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "bybit-simulator",
            dependencies: ["SimulateCommand", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            path: "Sources/Commands/bybit-simulator",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "tidegate",
            dependencies: process + [
                "BybitCatalog", "BybitFeed", "BybitSimulator", "Composition", "Core", "EdgeComposition", "EdgeNode",
                "FeedKit", "Ingestor", "NATSStores", "Platform", "RedisStores", "SimulateCommand", "Stores",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Sources/Commands/tidegate",
            swiftSettings: strict
        ),
        // The load generator: no part of the gateway, and cheap enough not to be what it measures.
        .target(
            name: "LoadGenerator",
            dependencies: nio + [
                "Core", "Platform", "Stores",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "loadtest/Sources/LoadGenerator",
            swiftSettings: strict
        ),
        // Which stores it publishes to. Apart from it: whoever only counts links no library of theirs.
        .target(
            name: "LoadComposition",
            dependencies: [
                "Composition", "LoadGenerator", "Platform", "Stores",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "loadtest/Sources/LoadComposition",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "loadtest",
            dependencies: [
                "LoadComposition", "LoadGenerator",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "loadtest/Sources/loadtest",
            swiftSettings: strict
        ),
        .target(name: "CTestSupport", path: "Tests/CTestSupport"),
        .target(name: "TestSupport", dependencies: ["CTestSupport"], path: "Tests/TestSupport", swiftSettings: strict),
        // Counts every malloc of the tests.
        .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
        // What every broker and every history promises, to be run against each of them.
        .target(
            name: "StoreContracts",
            dependencies: ["Core", "Stores", "TestSupport", .product(name: "NIOCore", package: "swift-nio")],
            path: "Tests/StoreContracts",
            swiftSettings: strict
        ),
        .testTarget(
            name: "SharedTests",
            dependencies: nio + [
                "Composition", "Core", "NATSStores", "Platform", "RedisStores", "StoreContracts", "Stores",
                "TestSupport",
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "BybitCatalogTests",
            dependencies: ["BybitCatalog", "Core", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "IngestorTests",
            dependencies: nio + [
                "BybitCatalog", "BybitFeed", "BybitSimulator", "Core", "FeedKit", "Ingestor", "Platform", "Stores",
                "TestSupport",
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "BybitFeedTests",
            dependencies: nio + [
                "BybitCatalog", "BybitFeed", "BybitSimulator", "Core", "FeedKit", "Platform", "TestSupport",
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "EdgeNodeTests",
            dependencies: nio + [
                "BybitCatalog", "Core", "EdgeNode", "Platform", "Stores", "TestSupport",
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LoadtestTests",
            dependencies: nio + [
                "BybitCatalog", "Core", "EdgeNode", "LoadGenerator", "Platform", "Stores",
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "BybitSimulatorTests",
            dependencies: nio + [
                "BybitSimulator", "Core", "Platform",
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),
        // Real redis-server processes, started by the tests on free ports.
        .testTarget(
            name: "IntegrationTests",
            dependencies: nio + [
                "BybitCatalog", "BybitFeed", "BybitSimulator", "Core", "EdgeComposition", "EdgeNode", "FeedKit",
                "Ingestor",
                "LoadComposition", "LoadGenerator",
                "NATSStores", "Platform", "RedisStores",
                "StoreContracts", "Stores",
                "TestSupport",
                "CAllocationCounter",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        // Real processes: the executables are built beside the tests.
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["TestSupport", "tidegate", "ingestor", "edge-node", "bybit-simulator"],
            exclude: ["Python"],
            swiftSettings: strict
        ),
    ]
)
