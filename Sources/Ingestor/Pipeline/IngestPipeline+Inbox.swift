import Core
import FeedKit
import NIOCore
import Platform
import Stores

/// Streams that no feed brings: what is published by hand is numbered and kept whether or not anyone wants it now.
extension IngestPipeline {
    /// What became of a message.
    enum Placement: Sendable, Hashable {
        /// It is on its way; `receipts` will tell.
        case numbered
        /// Where the stream stands must be read from the history first.
        case unread
        case refused(InboxRefusal, reason: String)
    }

    /// Where the history says that a stream stands.
    enum HeldPlace: Sendable {
        case unread
        case read(Position?)
    }

    /// More than these are read from the history again.
    static let maximumInboxStreams = 100_000

    func publish(
        _ message: InboxPublication,
        _ nonce: ControlNonce,
        standing held: HeldPlace,
        receipts: DeliveryReceipts
    ) -> Placement {
        eventLoop.assertInEventLoop()
        guard !isEnded, message.epoch == sequencer.epoch else {
            return .refused(.otherLeader, reason: "another leads since it was sent, or another term has begun")
        }
        guard let name = try? StreamName(canonical: message.stream), let descriptor = catalog.descriptor(of: name)
        else {
            return .refused(.unknownStream, reason: "'\(message.stream.prefix(128))' is no stream of this gateway")
        }
        if let objection = objection(to: message, descriptor) { return .refused(.notPublishable, reason: objection) }
        guard !receipts.isFull else { return .refused(.busy, reason: "too many messages wait to be kept") }
        guard begin(name, standing: held) else { return .unread }
        let position = number(message, descriptor)
        receipts.expect(name, position.sequence, nonce)
        readCompleted()
        return .numbered
    }

    private func objection(to message: InboxPublication, _ descriptor: StreamDescriptor) -> String? {
        let name = descriptor.name
        guard !feeds.contains(where: { $0.serves(descriptor) }) else {
            return "\(name) comes from the exchange: nobody else may publish there"
        }
        switch descriptor.deliveryClass {
        case .transient: return "\(name) is of class transient: its messages have no number and are not kept"
        case .event where message.isSnapshot: return "\(name) is of class event: it has no state to be a snapshot of"
        default: return nil
        }
    }

    /// False where its place must be read first. It is read once in a term, for others may have led since the last.
    private func begin(_ stream: StreamName, standing held: HeldPlace) -> Bool {
        if inboxStreams.contains(stream), sequencer.hasPast(stream) { return true }
        guard case .read(let position) = held else { return false }
        serveByInbox(stream, after: position)
        return true
    }

    /// The stream stands at `position`, as far as the history holds it.
    func serveByInbox(_ stream: StreamName, after position: Position?) {
        if inboxStreams.count >= Self.maximumInboxStreams { inboxStreams.removeAll() }
        inboxStreams.insert(stream)
        sequencer.resume(stream, after: position)
        noteUnheld(stream, after: position)
        if let position { positions.begin(stream, at: position) }
    }

    /// The first of a stream with state is a snapshot: there is nothing before it.
    private func number(_ message: InboxPublication, _ descriptor: StreamDescriptor) -> Position {
        let isFirst = descriptor.deliveryClass == .latest && !sequencer.hasPast(descriptor.name)
        let position = sequencer.next(descriptor.name)
        let received = WallClock.microseconds()
        counters.sequenced.add(descriptor.kind)
        batch.append(
            Publication(
                stream: descriptor.name,
                position: position,
                kind: message.isSnapshot || isFirst ? .snapshot : .update,
                exchangeTime: received / 1000,
                ingestTime: received,
                data: message.data
            )
        )
        return position
    }
}
