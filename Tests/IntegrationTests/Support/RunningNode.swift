import BybitCatalog
import Core
import EdgeComposition
import Logging
import NIOCore
import NIOPosix
import Platform
import ServiceLifecycle
import Stores
import TestSupport

@testable import EdgeNode

/// An edge node with one shard on a port of its own, with broker and history in the process where it is given no others.
final class RunningNode: Sendable {
    let broker: any Broker
    let history: any History
    let loop: any EventLoop
    let port: Int
    private let node: EdgeNode
    private let service: ServiceGroup
    private let running: Task<Void, any Error>

    /// Runs `body` with a node, and ends the node.
    static func with<Result>(
        broker: any Broker = InProcessBroker(),
        history: any History = InProcessHistory(),
        catalog: any StreamCatalog = BybitCatalog(),
        _ change: (inout EdgeNode.Configuration) -> Void = { _ in },
        _ body: (RunningNode) async throws -> Result
    ) async throws -> Result {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let node = try await RunningNode(group, broker, history, catalog, change)
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await body(node)) } catch { result = .failure(error) }
        try await node.drain()
        try await group.shutdownGracefully()
        return try result.get()
    }

    private init(
        _ group: MultiThreadedEventLoopGroup,
        _ broker: any Broker,
        _ history: any History,
        _ catalog: any StreamCatalog,
        _ change: (inout EdgeNode.Configuration) -> Void
    ) async throws {
        let logger = CollectedLog().logger
        var configuration = EdgeNode.Configuration(dialects: .node(brand: "tidegate"))
        configuration.host = "127.0.0.1"
        configuration.port = 0
        configuration.drain.total = .milliseconds(100)
        change(&configuration)
        self.broker = broker
        self.history = history
        let node = EdgeNode(
            configuration: configuration,
            catalog: catalog,
            broker: broker,
            history: history,
            demand: BrokerDemandBoard(broker: broker, logger: logger),
            group: group,
            logger: logger
        )
        try await node.start()
        let service = ServiceGroup(services: [node], logger: logger)
        self.node = node
        self.service = service
        port = node.port ?? 0
        loop = group.next()
        running = Task { try await service.run() }
    }

    var counters: ShardCounters { node.counters[0] }

    /// Of operators' pages; 0 where they are on the clients' port.
    var adminPort: Int { node.adminPort ?? 0 }

    /// Streams of which a heartbeat told more than had been heard.
    var foundBehind: Int { node.hub.counters.behind.get() }

    var url: String { "ws://127.0.0.1:\(port)/ws" }

    var clients: Int { node.clients }

    /// What SIGTERM does; returns when the node has ended.
    func drain() async throws {
        await service.triggerGracefulShutdown()
        try await running.value
    }

    /// What an ingestor does: history first, then the broker.
    func publish(_ batch: [Publication]) async throws {
        try await history.append(batch)
        try await broker.publish(batch)
    }

    /// Waits, at most as long as the test may take, until it is so.
    func until(_ condition: () -> Bool) async throws {
        while !condition() { try await Task.sleep(for: .milliseconds(2)) }
    }
}
