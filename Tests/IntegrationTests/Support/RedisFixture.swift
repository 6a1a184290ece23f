import Logging
import NIOCore
import NIOPosix
import Platform
import RedisStores
import Stores
import TestSupport

/// Shorthand for tests with a server.
extension RedisServer {
    func connector(
        database: Int = 0,
        _ change: (inout RedisLimits) -> Void = { _ in }
    ) throws -> RedisConnector {
        var limits = RedisLimits()
        limits.backoff = Backoff(initial: .milliseconds(20), maximum: .milliseconds(200), multiplier: 2)
        change(&limits)
        return try RedisConnector(url: RedisURL("\(url)/\(database)"), clientName: "tidegate-test", limits: limits)
    }

    func client(
        logger: Logger = CollectedLog().logger,
        database: Int = 0,
        _ change: (inout RedisLimits) -> Void = { _ in }
    ) throws -> RedisClient {
        RedisClient(
            try connector(database: database, change),
            purpose: "test",
            group: .singletonMultiThreadedEventLoopGroup,
            logger: logger
        )
    }

    /// One command over a connection of its own.
    @discardableResult
    func command(_ name: String, _ arguments: String...) async throws -> RESPValue {
        let client = try client()
        var command = RedisCommand(name)
        for argument in arguments { command.append(argument) }
        do {
            let reply = try await client.send(command)
            await client.close()
            return reply
        } catch {
            await client.close()
            throw error
        }
    }
}

extension RedisCommand {
    init(_ words: [String]) {
        self.init(words.first ?? "")
        for word in words.dropFirst() { append(word) }
    }
}

extension RedisClient {
    /// Waits, at most as long as the test may take, until the connection is up.
    func isUp() async throws {
        while status != .connected { try await Task.sleep(for: .milliseconds(5)) }
    }

    /// Waits until the connection is down.
    func isDown() async throws {
        while status.isUsable { try await Task.sleep(for: .milliseconds(5)) }
    }
}

func redisClient(_ url: String, caFile: String? = nil, logger: Logger = CollectedLog().logger) throws -> RedisClient {
    RedisClient(
        try RedisConnector(url: RedisURL(url), caFile: caFile),
        purpose: "test",
        group: .singletonMultiThreadedEventLoopGroup,
        logger: logger
    )
}
