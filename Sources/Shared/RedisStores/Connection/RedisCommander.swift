import NIOCore

/// Sends commands over a connection and gives each its answers, in order. Bound to the connection's loop.
///
/// Bounded by `PendingReplies`. One timer looks for late answers, of which the first closes the connection, and sends a
/// PING where all was quiet, so that a dead peer is found. A server that says that it is of no use, or that it is a
/// replica now (it is asked again and again), is left: the connection is closed, and the next one looks the name up.
final class RedisCommander: RedisReplyConsumer {
    typealias Promise = EventLoopPromise<[RESPValue]>

    private let connection: RedisConnection
    private let limits: RedisLimits
    private let eventLoop: any EventLoop
    private var pending: PendingReplies<Promise>
    private var lastReply = NIODeadline.now()
    private var lastAsked = NIODeadline.now()
    private var timer: LoopTimer?
    private var failure: RedisError?

    init(_ connection: RedisConnection, limits: RedisLimits, eventLoop: any EventLoop) {
        self.connection = connection
        self.limits = limits
        self.eventLoop = eventLoop
        pending = PendingReplies(maximumReplies: limits.maximumPendingReplies, maximumBytes: limits.maximumPendingBytes)
        connection.consumer = self
        let interval = max(.milliseconds(10), min(limits.commandTimeout, limits.keepalive) / 4)
        timer = LoopTimer(every: interval, on: eventLoop) { [weak self] in self?.check(at: .now()) }
    }

    /// The promise gets as many replies as the batch has commands; an error reply is one of them.
    func send(_ batch: RedisBatch, _ promise: Promise) {
        if let failure { return promise.fail(failure) }
        guard batch.count > 0 else { return promise.succeed([]) }
        do throws(RedisError) {
            try pending.add(batch, deadline: .now() + TimeAmount(limits.commandTimeout), receipt: promise)
            connection.write(batch.bytes)
        } catch {
            promise.fail(error)
        }
    }

    func received(_ reply: RESPValue) {
        do throws(RedisError) {
            lastReply = .now()
            if let batch = try pending.reply(reply) { batch.receipt.succeed(batch.replies) }
            if case .error(let message) = reply, RedisError.isAboutServer(message) {
                connection.close(because: .unfit(address: connection.address, message: message))
            }
        } catch {
            connection.close(because: error)
        }
    }

    func readCompleted() {}

    func closed(_ error: RedisError) {
        end(error)
        let lost = RedisError.connectionLost(address: connection.address, reason: connection.closeReason)
        for batch in pending.takeAll() { batch.receipt.fail(lost) }
    }

    /// Leaves the connection to another consumer: nothing is awaited any more.
    func retire() { end(.closed) }

    private func end(_ error: RedisError) {
        failure = error
        timer?.cancel()
        timer = nil
    }

    private func check(at now: NIODeadline) {
        if let late = pending.overdue(at: now) {
            return connection.close(because: .timedOut(command: late.name, after: limits.commandTimeout))
        }
        guard !connection.tellsRole else { return askForRole(at: now) }
        guard pending.isEmpty, now - lastReply >= TimeAmount(limits.keepalive) else { return }
        if let ping = try? RedisBatch(RedisCommand("PING")) { send(ping, eventLoop.makePromise()) }
    }

    /// Also where there is traffic: a replica goes on to answer it.
    private func askForRole(at now: NIODeadline) {
        guard now - lastAsked >= TimeAmount(limits.keepalive) else { return }
        lastAsked = now
        guard let question = try? RedisBatch(ServerRole.question) else { return }
        let promise = eventLoop.makePromise(of: [RESPValue].self)
        promise.futureResult.assumeIsolated().whenSuccess { [connection] replies in
            guard ServerRole(replies.first) == .replica else { return }
            connection.close(because: .replica(address: connection.address))
        }
        send(question, promise)
    }
}

@available(*, unavailable)
extension RedisCommander: Sendable {}
