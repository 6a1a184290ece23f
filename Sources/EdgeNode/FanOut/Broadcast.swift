import Core
import NIOCore
import Platform

/// One publication to all of its subscribers on the shard. Lives on the shard's loop; keeps nothing.
final class Broadcast {
    private let streams: StreamTable
    private let egress: Egress
    private let conflation: Conflation
    private let gaps: GapNotices
    private let counters: ShardCounters
    /// Other shards have the same frames.
    private let isOneOfSeveral: Bool

    /// - Parameter shards: How many the node has.
    init(
        streams: StreamTable,
        egress: Egress,
        conflation: Conflation,
        gaps: GapNotices,
        counters: ShardCounters,
        shards: Int
    ) {
        self.streams = streams
        self.egress = egress
        self.conflation = conflation
        self.gaps = gaps
        self.counters = counters
        self.isOneOfSeveral = shards > 1
    }

    /// Answers whether it was for anybody here: false for what comes before the stream is live, for what repeats, for changes
    /// that nobody can use, and where nobody subscribes.
    func take(_ envelope: Envelope, at now: NIODeadline) -> Bool {
        var publication = envelope.publication
        guard let fanOut = streams[publication.stream], fanOut.isLive else { return false }
        if publication.kind == .transient { return takeTransient(envelope, fanOut, at: now) }
        if let last = fanOut.state.position {
            guard publication.position > last else {
                counters.staleDropped.add()
                return false
            }
            if publication.position.sequence != last.sequence + 1 {
                return takeAfterHole(envelope, fanOut, last: last, at: now)
            }
        }
        if !envelope.opensEpoch, fanOut.mustTellEpoch(of: publication) {
            return take(Envelope(publication, opensEpoch: true, object: envelope.object), at: now)
        }
        fanOut.follow(envelope)
        if case .gap(let reason) = publication.kind {
            counters.gaps.add(reason)
            fanOut.promotesNext = true
            guard fanOut.heldFrom == nil else { return false }
            let sequence = publication.position.sequence
            gaps.tell(
                fanOut,
                from: sequence,
                to: sequence,
                epoch: publication.position.epoch,
                reason: reason,
                at: now
            )
            return !fanOut.isEmpty
        }
        guard fanOut.state.hasBase else {
            fanOut.holdBack(from: publication.position.sequence)
            return false
        }
        gaps.endHolding(fanOut, before: publication, at: now)
        let isPromoted = fanOut.promote(&publication)
        var isWanted = false
        for audience in fanOut.audiences where !audience.isEmpty {
            isWanted = true
            // What is promoted is so on this shard alone.
            let frame =
                isPromoted
                ? audience.encoder.frame(of: publication, first: nil, tellsEpoch: envelope.opensEpoch)
                : owned(envelope.frame(audience.variant, by: audience.encoder))
            deliver(frame, publication, to: audience.subscribers, as: fanOut.deliveries, at: now)
        }
        fanOut.endLacking()
        if publication.kind == .snapshot { conflation.settleHeld(fanOut, at: now) }
        return isWanted
    }

    /// What has no number: to whoever can take it now.
    private func takeTransient(_ envelope: Envelope, _ fanOut: StreamFanOut, at now: NIODeadline) -> Bool {
        if fanOut.rank > 0 { fanOut.heard() }
        var isWanted = false
        for audience in fanOut.audiences where !audience.isEmpty {
            isWanted = true
            let frame = owned(envelope.frame(audience.variant, by: audience.encoder))
            deliver(frame, envelope.publication, to: audience.subscribers, as: fanOut.deliveries, at: now)
        }
        return isWanted
    }

    /// Publications in between are missing, and the history did not have them; or the numbering went back, because the
    /// history itself was lost. State can be had again; events are told as a gap.
    private func takeAfterHole(
        _ envelope: Envelope,
        _ fanOut: StreamFanOut,
        last: Position,
        at now: NIODeadline
    ) -> Bool {
        counters.gaps.add(GapNotices.reason(of: envelope.publication.position, after: last))
        var publication = envelope.publication
        if fanOut.descriptor.deliveryClass == .delta, publication.kind != .snapshot {
            // The hub answers with the state that it has, behind what is in the mailbox already.
            fanOut.phase = .activating(since: now)
            fanOut.replay = nil
            streams.askAnew(for: fanOut)
            return false
        }
        fanOut.follow(envelope)
        let isGap = if case .gap = publication.kind { true } else { false }
        gaps.tell(
            fanOut,
            from: fanOut.heldFrom ?? last.sequence + 1,
            to: publication.position.sequence - (isGap ? 0 : 1),
            epoch: publication.position.epoch,
            reason: GapNotices.reason(of: publication.position, after: last),
            at: now
        )
        guard !isGap else {
            fanOut.promotesNext = true
            return !fanOut.isEmpty
        }
        fanOut.heldFrom = nil
        if fanOut.descriptor.deliveryClass != .event { publication.kind = .snapshot }
        var isWanted = false
        for audience in fanOut.audiences where !audience.isEmpty {
            isWanted = true
            let frame = audience.encoder.frame(of: publication, first: nil, tellsEpoch: true)
            deliver(frame, publication, to: audience.subscribers, as: fanOut.deliveries, at: now)
        }
        fanOut.endLacking()
        conflation.settleHeld(fanOut, at: now)
        return isWanted
    }

    private func deliver(
        _ frame: ByteBuffer,
        _ publication: Publication,
        to subscribers: Subscribers,
        as deliveries: CounterCell<OneThread>,
        at now: NIODeadline
    ) {
        let bytes = frame.readableBytes
        let egress = egress
        let place = egress.turn.hold(frame)
        var delivered: Int32 = 0
        // By index: without optimisation an iterator allocates at each step, and the test that counts is built so.
        var index = 0
        while index < subscribers.count {
            // No reference is counted. Safe: each of the list is held by its connection, and that by its channel, until its
            // subscriptions have ended (`SubscribersTests` would notice), and what is called in here ends no connection
            // (`LeakTests`). The ways without an underscore, `takeUnretainedValue` and `unowned(unsafe)`, retain and release for
            // each delivery.
            let isWritten = subscribers.outboxes[index]._withUnsafeGuaranteedRef { outbox in
                outbox.take(place, bytes: bytes, at: now, through: egress)
            }
            if isWritten || give(place, publication, bytes: bytes, to: subscribers.subscriptions[index], at: now) {
                delivered += 1
            }
            index += 1
        }
        egress.turn.letGo(of: place, appendedTo: delivered)
        egress.count(delivered, bytes: bytes, as: deliveries)
    }

    /// To a client that may be held back from. False where it was.
    private func give(
        _ frame: TurnFrames.Place,
        _ publication: Publication,
        bytes: Int,
        to subscription: Subscription,
        at now: NIODeadline
    ) -> Bool {
        if subscription.owedFrom == nil, subscription.hasRoom,
            subscription.minimumInterval == 0 || subscription.nextAllowed <= now
        {
            return egress.write(frame, bytes: bytes, to: subscription, at: now)
        }
        conflation.hold(publication, from: subscription)
        return false
    }

    /// A frame is copied once per shard, since several shards would otherwise count references to the same bytes.
    private func owned(_ frame: ByteBuffer) -> ByteBuffer {
        guard isOneOfSeveral else { return frame }
        var copy = ByteBufferAllocator().buffer(capacity: frame.readableBytes)
        copy.writeImmutableBuffer(frame)
        return copy
    }
}

@available(*, unavailable)
extension Broadcast: Sendable {}
