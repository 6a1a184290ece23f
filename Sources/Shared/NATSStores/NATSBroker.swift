import CNats
import Core
import Dispatch
import Logging
import NIOCore
import Platform
import Stores
import Synchronization

/// The broker over NATS, by cnats: one connection to publish and to hear on. May be used from any thread.
///
/// A batch is written message by message and flushed once; `publish` returns when the server has answered, so on a queue of
/// its own. While there is no connection it throws at once: nothing is kept to burst out later. A message that the server
/// would not take for its size is left out and said in the log, so that it can't hold up the rest for ever; nodes read it
/// from the history.
package final class NATSBroker: Broker {
    private struct Attached {
        var subscribers: [Int: NATSSubscriber] = [:]
        var nextIdentifier = 0
    }

    /// What the publishing queue keeps from one batch to the next. Touched on that queue only, which is why it is safe.
    private final class Desk: @unchecked Sendable {
        var buffer = ByteBuffer()
        var subjects: [StreamName: String] = [:]
    }

    private static let maximumSubjects = 100_000

    private let link: NATSLink
    private let names: StoreNames
    private let wire: WireVersion
    private let logger: RateLimitedLogger
    private let notes: UnreadableMessages
    private let graveyard = NATSGraveyard()
    private let attached: Registry
    private let desk = Desk()
    private let publishing = DispatchQueue(label: "tidegate.nats.publish", qos: .userInitiated)

    /// Those that are told what happens to the connection.
    private final class Registry: Sendable {
        let attached = Mutex(Attached())
        var all: [NATSSubscriber] { attached.withLock { Array($0.subscribers.values) } }
    }

    /// - Throws: Where a file that the configuration names can't be used.
    package init(
        _ configuration: NATSConfiguration,
        names: StoreNames,
        limits: NATSLimits = NATSLimits(),
        writing wire: WireVersion = .one,
        logger: Logger
    ) throws {
        let attached = Registry()
        self.attached = attached
        self.names = names
        self.wire = wire
        self.logger = RateLimitedLogger(logger)
        notes = UnreadableMessages(logger)
        link = try NATSLink(
            configuration,
            limits: limits,
            logger: logger,
            onRestored: { isNew in for subscriber in attached.all { subscriber.restore(isNew: isNew) } },
            onSlow: { subject in for subscriber in attached.all { subscriber.slow(subject) } }
        )
        try link.start()
    }

    /// Messages on our subjects that were no publications.
    package var unreadableMessages: Int { notes.count }

    /// Subscriptions that have ended and are not destroyed yet.
    package var buriedSubscriptions: Int { graveyard.count }

    package var status: StoreStatus { link.status }

    package var reconnects: Int { link.reconnects }

    package func publish(_ batch: [Publication]) async throws {
        guard !batch.isEmpty else { return }
        try await onPublishingQueue { [self] connection in
            try connection.withPointer { pointer throws(NATSError) in
                for publication in batch { try write(publication, to: pointer) }
            }
            try connection.flush("publish a batch", within: link.limits.answerTimeout)
        }
    }

    package func send(_ message: ByteBuffer, on channel: ControlChannel) async throws {
        let subject = names.subject(channel)
        try await onPublishingQueue { [self] connection in
            let status = try connection.withPointer { pointer throws(NATSError) in
                let maximum = Int(natsConnection_GetMaxPayload(pointer))
                guard message.readableBytes <= maximum else {
                    throw .tooLarge(bytes: message.readableBytes, maximum: maximum)
                }
                return message.withUnsafeReadableBytes { bytes in
                    natsConnection_Publish(pointer, subject, bytes.baseAddress, Int32(bytes.count))
                }
            }
            try NATSError.check(status, "send a message")
            try connection.flush("send a message", within: link.limits.answerTimeout)
        }
    }

    package func attach(_ receiver: any BrokerReceiver) -> any BrokerSubscriber {
        let registry = attached
        return registry.attached.withLock { attached in
            attached.nextIdentifier += 1
            let identifier = attached.nextIdentifier
            let subscriber = NATSSubscriber(
                receiver,
                link: link,
                names: names,
                graveyard: graveyard,
                notes: notes,
                onClose: { registry.attached.withLock { $0.subscribers[identifier] = nil } }
            )
            attached.subscribers[identifier] = subscriber
            return subscriber
        }
    }

    package func close() async {
        for subscriber in attached.all { await subscriber.close() }
        await link.close()
    }

    private func onPublishingQueue(_ body: @escaping @Sendable (NATSConnection) throws -> Void) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            publishing.async { [link] in continuation.resume(with: Result { try body(link.connection) }) }
        }
    }

    /// On the publishing queue.
    private func write(_ publication: Publication, to connection: OpaquePointer) throws(NATSError) {
        desk.buffer.clear()
        PublicationRecord.write(publication, as: wire, into: &desk.buffer)
        let subject = subject(publication.stream)
        var status = sendDesk(on: subject, connection)
        if status == NATS_MAX_PAYLOAD {
            logger.log(
                .error,
                key: "too large",
                publication.isSequenced
                    ? "a publication is larger than NATS takes: nodes are told to read it from the history"
                    : "a message without a number is larger than NATS takes: it is lost",
                metadata: [
                    "stream": "\(publication.stream)", "bytes": "\(desk.buffer.readableBytes)",
                    "max_payload": "\(natsConnection_GetMaxPayload(connection))",
                ]
            )
            desk.buffer.clear()
            guard publication.isSequenced else { return }
            PublicationRecord.writeNotice(of: publication, as: wire, into: &desk.buffer)
            status = sendDesk(on: subject, connection)
        }
        try NATSError.check(status, "publish")
    }

    private func sendDesk(on subject: String, _ connection: OpaquePointer) -> natsStatus {
        desk.buffer.withUnsafeReadableBytes { bytes in
            natsConnection_Publish(connection, subject, bytes.baseAddress, Int32(bytes.count))
        }
    }

    private func subject(_ stream: StreamName) -> String {
        if let subject = desk.subjects[stream] { return subject }
        if desk.subjects.count >= Self.maximumSubjects { desk.subjects.removeAll() }
        let subject = names.subject(stream)
        desk.subjects[stream] = subject
        return subject
    }
}
