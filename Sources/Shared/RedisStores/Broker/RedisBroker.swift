import Core
import Logging
import NIOCore
import Platform
import Stores
import Synchronization

/// The broker over Redis Pub/Sub: one connection to publish on, and one for each subscriber. May be used from any
/// thread.
///
/// A connection that subscribes can't ask whether its server is still the primary; the one that publishes can. When that
/// one had to be made anew, the name may lead to another server, and the subscribers' connections from before follow.
///
/// A batch is published in bounded pieces, each written while Redis answers the one before; `publish` returns when all
/// were answered.
package final class RedisBroker: Broker {
    private struct Attached {
        var subscribers: [Int: RedisSubscriber] = [:]
        var nextIdentifier = 0
        /// Of subscribers that are gone: what is counted never goes back.
        var formerReconnects = 0

        var reconnects: Int { subscribers.values.reduce(formerReconnects) { $0 + $1.reconnects } }
    }

    private static let maximumMessages = 512
    private static let maximumBytes = 1 << 20

    private let connector: RedisConnector
    private let client: RedisClient
    private let names: StoreNames
    private let wire: WireVersion
    private let group: any EventLoopGroup
    private let logger: RateLimitedLogger
    private let notes: UnreadableMessages
    private let attached = Mutex(Attached())

    package init(
        _ connector: RedisConnector,
        names: StoreNames,
        writing wire: WireVersion = .one,
        group: any EventLoopGroup,
        logger: Logger
    ) {
        self.connector = connector
        self.wire = wire
        self.names = names.inDatabase(connector.url.database)
        self.group = group
        self.logger = RateLimitedLogger(logger, limit: 1)
        notes = UnreadableMessages(logger)
        client = RedisClient(connector, purpose: "publishing", group: group, logger: logger)
        client.onReconnect { [weak self] lostAt in
            guard let self else { return }
            for subscriber in attached.withLock({ Array($0.subscribers.values) }) { subscriber.renew(before: lostAt) }
        }
    }

    /// Messages on our channels that were no publications.
    package var unreadableMessages: Int { notes.count }

    package func publish(_ batch: [Publication]) async throws {
        var next = try piece(of: batch[...])
        while let (current, rest) = next {
            let submitted = client.submit(current)
            next = try piece(of: rest)
            for case .error(let message) in try await submitted.get() {
                throw RedisError.refused(command: "PUBLISH", message: message)
            }
        }
    }

    package func send(_ message: ByteBuffer, on channel: ControlChannel) async throws {
        var command = RedisCommand("PUBLISH", names.channel(channel))
        command.append(message)
        _ = try await client.send(command)
    }

    package func attach(_ receiver: any BrokerReceiver) -> any BrokerSubscriber {
        attached.withLock { attached in
            attached.nextIdentifier += 1
            let identifier = attached.nextIdentifier
            let subscriber = RedisSubscriber(
                connector,
                receiver: receiver,
                names: names,
                notes: notes,
                logger: logger,
                eventLoop: group.next(),
                onClose: { [weak self] in self?.detach(identifier) }
            )
            attached.subscribers[identifier] = subscriber
            return subscriber
        }
    }

    /// Of all its connections: one that is away is enough to miss something.
    package var status: StoreStatus {
        let statuses = [client.status] + attached.withLock { $0.subscribers.values.map(\.status) }
        return statuses.first { !$0.isUsable } ?? .connected
    }

    /// Of all connections that there are or were: an ingestor attaches and closes some in each term.
    package var reconnects: Int { client.reconnects + attached.withLock(\.reconnects) }

    /// Closes its subscribers as well.
    package func close() async {
        for subscriber in attached.withLock({ Array($0.subscribers.values) }) { await subscriber.close() }
        await client.close()
    }

    private func detach(_ identifier: Int) {
        attached.withLock { attached in
            guard let subscriber = attached.subscribers.removeValue(forKey: identifier) else { return }
            attached.formerReconnects += subscriber.reconnects
        }
    }

    private func piece(
        of batch: ArraySlice<Publication>
    ) throws(RedisError) -> (piece: RedisBatch, rest: ArraySlice<Publication>)? {
        guard !batch.isEmpty else { return nil }
        var piece = try RedisBatch([])
        var rest = batch
        while let publication = rest.first, piece.count < Self.maximumMessages, piece.byteCount < Self.maximumBytes {
            var command = RedisCommand("PUBLISH", names.channel(publication.stream))
            command.append { PublicationRecord.write(publication, as: wire, into: &$0) }
            try piece.append(command)
            rest.removeFirst()
        }
        return (piece, rest)
    }
}
