import NIOCore
import Shared

/// One publication to all of its subscribers.
extension Shard {
    func take(_ encoded: EncodedPublication, at now: NIODeadline) {
        let publication = encoded.publication
        guard let fanOut = fanOuts[publication.stream], fanOut.isLive else { return }
        let last = fanOut.state.position
        if let last {
            guard publication.position > last, publication.position.sequence > last.sequence else {
                counters.staleDropped.add()
                return
            }
            if publication.position.sequence > last.sequence + 1 {
                return takeAfterHole(encoded, fanOut, last: last, at: now)
            }
        }
        fanOut.state.apply(publication)
        if case .gap(let reason) = publication.kind {
            let sequence = publication.position.sequence
            return tellGap(
                fanOut,
                from: sequence,
                to: sequence,
                epoch: publication.position.epoch,
                reason: reason,
                at: now
            )
        }
        for dialect in Dialect.allCases where !fanOut.subscribers[Int(dialect.rawValue)].isEmpty {
            let frame =
                encoded.frame(in: dialect)
                ?? fanOut.encoder.frame(publication, in: dialect, tellsEpoch: encoded.opensEpoch)
            deliver(owned(frame), publication, to: fanOut.subscribers[Int(dialect.rawValue)], at: now)
        }
    }

    /// Publications in between are missing. State can be had again; events are told as a gap.
    func takeAfterHole(
        _ encoded: EncodedPublication,
        _ fanOut: StreamFanOut,
        last: Position,
        at now: NIODeadline
    ) {
        counters.gaps.add()
        var publication = encoded.publication
        if fanOut.stream.deliveryClass == .delta, publication.kind != .snapshot {
            // The hub answers with the state that it has, behind what is in the mailbox already.
            fanOut.phase = .activating(since: now)
            return hub.activate(fanOut.stream, on: index)
        }
        fanOut.state.apply(publication)
        let isGap = if case .gap = publication.kind { true } else { false }
        let end = publication.position.sequence - (isGap ? 0 : 1)
        tellGap(fanOut, from: last.sequence + 1, to: end, epoch: publication.position.epoch, reason: .edge, at: now)
        guard !isGap else { return }
        if fanOut.stream.deliveryClass != .event { publication.kind = .snapshot }
        for dialect in Dialect.allCases where !fanOut.subscribers[Int(dialect.rawValue)].isEmpty {
            let frame = fanOut.encoder.frame(publication, in: dialect, tellsEpoch: true)
            deliver(frame, publication, to: fanOut.subscribers[Int(dialect.rawValue)], at: now)
        }
    }

    /// A client that is owed something is not told: the state that it will get covers the gap.
    func tellGap(
        _ fanOut: StreamFanOut,
        from: UInt64,
        to: UInt64,
        epoch: UInt64,
        reason: GapReason,
        at now: NIODeadline
    ) {
        for dialect in Dialect.allCases where !fanOut.subscribers[Int(dialect.rawValue)].isEmpty {
            guard let frame = fanOut.encoder.gap(from: from, to: to, epoch: epoch, reason: reason, in: dialect) else {
                continue
            }
            for subscription in fanOut.subscribers[Int(dialect.rawValue)] where subscription.owedFrom == nil {
                deliver(frame, to: subscription, at: now)
            }
        }
    }

    func deliver(
        _ frame: ByteBuffer,
        _ publication: Publication,
        to subscriptions: [Subscription],
        at now: NIODeadline
    ) {
        for subscription in subscriptions {
            guard subscription.owedFrom == nil, subscription.connection.hasRoom(),
                subscription.minimumInterval == 0 || subscription.nextAllowed <= now
            else {
                hold(publication, from: subscription)
                continue
            }
            deliver(frame, to: subscription, at: now)
        }
    }

    func deliver(_ frame: ByteBuffer, to subscription: Subscription, at now: NIODeadline) {
        subscription.connection.lastActivity = now
        if subscription.minimumInterval > 0 {
            subscription.nextAllowed = now + .nanoseconds(subscription.minimumInterval)
        }
        counters.messagesSent.add()
        subscription.connection.write(frame)
    }

    func owned(_ frame: ByteBuffer) -> ByteBuffer {
        guard copiesFrames else { return frame }
        var copy = ByteBufferAllocator().buffer(capacity: frame.readableBytes)
        copy.writeImmutableBuffer(frame)
        return copy
    }
}
