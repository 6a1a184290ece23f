import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Shared

@testable import EdgeNode

/// An edge node with one shard on a port of its own, with broker and history in the process.
final class RunningNode: Sendable {
    let broker = InProcessBroker()
    let history = InProcessHistory()
    let loop: any EventLoop
    let port: Int
    private let node: EdgeNode

    /// Runs `body` with a node, and ends the node.
    static func with(
        _ change: (inout EdgeNode.Configuration) -> Void = { _ in },
        _ body: (RunningNode) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let node = try await RunningNode(group, change)
        let service = ServiceGroup(services: [node.node], logger: CollectedLog().logger)
        async let running: Void = service.run()
        let result: Result<Void, any Error>
        do { result = .success(try await body(node)) } catch { result = .failure(error) }
        await service.triggerGracefulShutdown()
        try await running
        try await group.shutdownGracefully()
        try result.get()
    }

    private init(_ group: MultiThreadedEventLoopGroup, _ change: (inout EdgeNode.Configuration) -> Void) async throws {
        let logger = CollectedLog().logger
        var configuration = EdgeNode.Configuration()
        configuration.host = "127.0.0.1"
        configuration.port = 0
        configuration.shutdownTimeout = .milliseconds(100)
        change(&configuration)
        node = EdgeNode(
            configuration: configuration,
            broker: broker,
            history: history,
            demand: BrokerDemandBoard(broker: broker, logger: logger),
            group: group,
            logger: logger
        )
        try await node.start()
        port = node.port ?? 0
        loop = group.next()
    }

    var counters: ShardCounters { node.counters[0] }

    func publish(_ batch: [Publication]) async throws {
        try await history.append(batch)
        try await broker.publish(batch)
    }

    /// Waits, at most as long as the test may take, until it is so.
    func until(_ condition: () -> Bool) async throws {
        while !condition() { try await Task.sleep(for: .milliseconds(2)) }
    }
}
