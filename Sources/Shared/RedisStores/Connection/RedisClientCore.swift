import NIOCore

/// What of a `RedisClient` lives on its event loop.
///
/// Until the first attempt to connect has had its outcome, commands wait here, within the bounds of a connection;
/// afterwards a command without a connection fails at once.
final class RedisClientCore: RedisLink.Owner {
    private enum State {
        case beginning
        case connected(RedisCommander)
        case disconnected(RedisError)
    }

    var onReconnect: ((NIODeadline) -> Void)?
    private let link: RedisLink
    private let eventLoop: any EventLoop
    private let limits: RedisLimits
    private var state = State.beginning
    private var waiting: [(batch: RedisBatch, promise: RedisCommander.Promise)] = []
    private var waitingReplies = 0
    private var waitingBytes = 0
    private var lostAt: NIODeadline?

    init(_ link: RedisLink, limits: RedisLimits, eventLoop: any EventLoop) {
        self.link = link
        self.limits = limits
        self.eventLoop = eventLoop
    }

    func start() {
        link.start(owner: self)
        eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limits.firstConnectionWait)) { [weak self] in
            guard let self, case .beginning = state else { return }
            disconnected(.disconnected(address: link.address, reason: "not connected yet"))
        }
    }

    func send(_ batch: RedisBatch, _ promise: RedisCommander.Promise) {
        switch state {
        case .connected(let commander): commander.send(batch, promise)
        case .disconnected(let error): promise.fail(error)
        case .beginning:
            let fits =
                waitingReplies + batch.count <= limits.maximumPendingReplies
                && waitingBytes + batch.byteCount <= limits.maximumPendingBytes
            guard fits || waiting.isEmpty else {
                let error = RedisError.overloaded(command: batch.name, pending: waitingReplies, bytes: waitingBytes)
                return promise.fail(error)
            }
            waitingReplies += batch.count
            waitingBytes += batch.byteCount
            waiting.append((batch, promise))
        }
    }

    func connected(_ connection: RedisConnection, _ commander: RedisCommander) {
        state = .connected(commander)
        for (batch, promise) in takeWaiting() { commander.send(batch, promise) }
        if let lostAt = lostAt.take() { onReconnect?(lostAt) }
    }

    func disconnected(_ error: RedisError) {
        if case .connected = state { lostAt = .now() }
        state = .disconnected(error)
        for (_, promise) in takeWaiting() { promise.fail(error) }
    }

    func close() -> EventLoopFuture<Void> {
        disconnected(.closed)
        return link.close()
    }

    private func takeWaiting() -> [(batch: RedisBatch, promise: RedisCommander.Promise)] {
        defer { (waiting, waitingReplies, waitingBytes) = ([], 0, 0) }
        return waiting
    }
}

@available(*, unavailable)
extension RedisClientCore: Sendable {}
