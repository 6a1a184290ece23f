import Logging
import NIOCore
import Platform
import Stores

/// Keeps one connection to Redis up: when it is lost, or can't be made, it tries again after a wait that grows and has
/// jitter, for as long as it isn't closed. Bound to one event loop.
///
/// A server that is away or refuses the password is said in the log at a limited rate, and is no reason to stop trying.
final class RedisLink {
    /// Hears of the connection, on the event loop.
    protocol Owner: AnyObject {
        /// `commander` serves the connection until it is retired.
        func connected(_ connection: RedisConnection, _ commander: RedisCommander)
        /// Also after each attempt that failed.
        func disconnected(_ error: RedisError)
    }

    private let connector: RedisConnector
    private let eventLoop: any EventLoop
    private let logger: RateLimitedLogger
    /// What the connection is for, in the log.
    private let purpose: String
    private let status: RedisStatus
    var address: String { connector.url.description }
    private weak var owner: (any Owner)?
    private var backoff: Backoff
    private var generator = SystemRandomNumberGenerator()
    private var connection: (handler: RedisConnection, channel: any Channel)?
    private var openedAt = NIODeadline.now()
    private var isClosed = false
    private var wasDown = false

    init(
        _ connector: RedisConnector,
        purpose: String,
        status: RedisStatus,
        logger: RateLimitedLogger,
        eventLoop: any EventLoop
    ) {
        self.connector = connector
        self.purpose = purpose
        self.status = status
        self.logger = logger
        self.eventLoop = eventLoop
        backoff = connector.limits.backoff
    }

    func start(owner: any Owner) {
        self.owner = owner
        connect()
    }

    /// Succeeds when there is no connection any more.
    func close() -> EventLoopFuture<Void> {
        isClosed = true
        status.set(.disconnected(reason: "closed"))
        guard let (handler, channel) = connection else { return eventLoop.makeSucceededVoidFuture() }
        handler.close(because: .closed)
        return channel.closeFuture
    }

    private func connect() {
        guard !isClosed else { return }
        connector.connect(on: eventLoop).assumeIsolated().whenComplete { [self] result in
            switch result {
            case .success(let channel): opened(channel)
            case .failure(let error): lost(Self.error(error, connector.url))
            }
        }
    }

    private func opened(_ channel: any Channel) {
        guard !isClosed else { return channel.close(promise: nil) }
        guard let connection = try? channel.pipeline.syncOperations.handler(type: RedisConnection.self),
            let commander = connection.consumer as? RedisCommander
        else { return lost(.disconnected(address: "\(connector.url)", reason: "Redis closed the connection")) }
        self.connection = (connection, channel)
        openedAt = .now()
        status.set(.connected)
        if wasDown { logger.log(.info, key: "redis up", "connected to Redis again", metadata: fields()) }
        wasDown = false
        owner?.connected(connection, commander)
        connection.onClose = { [self] reason in
            self.connection = nil
            // One that is lost again and again at once is no reason to hurry.
            if NIODeadline.now() - openedAt >= TimeAmount(backoff.maximum) { backoff.reset() }
            lost(.disconnected(address: connector.url.description, reason: reason))
        }
    }

    private func lost(_ error: RedisError) {
        guard !isClosed else { return }
        wasDown = true
        status.set(.disconnected(reason: error.description))
        owner?.disconnected(error)
        let wait = backoff.next(using: &generator)
        logger.log(
            .warning,
            key: "redis down",
            "no connection to Redis; trying again until there is one",
            metadata: fields(["reason": "\(error)"])
        )
        eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(wait)) { [weak self] in self?.connect() }
    }

    private func fields(_ more: Logger.Metadata = [:]) -> Logger.Metadata {
        ["redis": "\(connector.url)", "purpose": "\(purpose)"].merging(more) { $1 }
    }

    private static func error(_ error: any Error, _ url: RedisURL) -> RedisError {
        error as? RedisError ?? .disconnected(address: "\(url)", reason: "\(error)")
    }
}

@available(*, unavailable)
extension RedisLink: Sendable {}
