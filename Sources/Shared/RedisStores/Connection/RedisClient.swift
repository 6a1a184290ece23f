import Logging
import NIOCore
import Platform
import Stores
import Synchronization

/// Sends commands to one Redis server over one connection that is kept up. May be used from any thread; must be closed.
///
/// A command fails at once, in words, while there is no connection; only before the first attempt has had its outcome
/// it waits, for a short bounded time. A command that was sent and not answered fails when the connection breaks: it
/// may have been done. Commands of one caller are sent in the order of its calls.
package final class RedisClient: Sendable {
    let database: Int
    private let eventLoop: any EventLoop
    private let core: NIOLoopBoundBox<RedisClientCore?>
    private let state = RedisStatus()

    /// - Parameter purpose: What it is for, in the log.
    package init(_ connector: RedisConnector, purpose: String, group: any EventLoopGroup, logger: Logger) {
        database = connector.url.database
        let eventLoop = group.next()
        self.eventLoop = eventLoop
        core = .makeEmptyBox(valueType: RedisClientCore.self, eventLoop: eventLoop)
        let limited = RateLimitedLogger(logger, limit: 1)
        eventLoop.execute { [core, state] in
            let link = RedisLink(connector, purpose: purpose, status: state, logger: limited, eventLoop: eventLoop)
            core.value = RedisClientCore(link, limits: connector.limits, eventLoop: eventLoop)
            core.value?.start()
        }
    }

    package var status: StoreStatus { state.current }

    /// How often the connection was there again after it was lost.
    package var reconnects: Int { state.reconnects }

    /// The answer; an error reply is thrown.
    package func send(_ command: RedisCommand) async throws -> RESPValue {
        let replies = try await submit(RedisBatch(command)).get()
        guard let reply = replies.first else {
            throw RedisError.unexpectedReply(command: command.name, kind: "nothing")
        }
        if case .error(let message) = reply { throw RedisError.refused(command: command.name, message: message) }
        return reply
    }

    /// The answers of all commands in order; an error reply is one of them. In order with other calls of this thread.
    package func submit(_ batch: RedisBatch) -> EventLoopFuture<[RESPValue]> {
        let promise = eventLoop.makePromise(of: [RESPValue].self)
        eventLoop.execute { [core] in
            if let core = core.value { core.send(batch, promise) } else { promise.fail(RedisError.closed) }
        }
        return promise.futureResult
    }

    /// Calls `body` on its loop each time when there is a connection again, with the moment at which the last one was lost.
    func onReconnect(_ body: @escaping @Sendable (NIODeadline) -> Void) {
        eventLoop.execute { [core] in core.value?.onReconnect = body }
    }

    /// Returns when the connection is closed. What is still awaited fails.
    package func close() async {
        let closed = eventLoop.flatSubmit { [core, eventLoop] in
            defer { core.value = nil }
            return core.value?.close() ?? eventLoop.makeSucceededVoidFuture()
        }
        try? await closed.get()
    }
}
