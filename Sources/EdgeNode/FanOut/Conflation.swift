import Core
import HeapModule
import NIOCore
import Platform

/// Clients that can't take what comes, or asked for less of it: what is owed to them, and when it is paid.
///
/// A debt is one number per subscription, whatever is held back; it is paid with the stream's newest state, and before it with
/// the last state of each object that is over (`ClosedObjects`).
///
/// Lives on the shard's loop. Bounded by the shard's subscriptions: each stands in one list of debtors, at its client (`Debts`) or
/// here, and in this one for a second at most behind its end.
final class Conflation {
    /// Looked at in one turn at most: each may be a frame of its own.
    static let releasesPerTurn = 2048
    /// Bytes of debts that are sent together.
    private static let settledAtOnce = 4096
    /// Subscriptions with a `maxRate` that is over are looked for that often while any of them is owed something.
    private static let releaseInterval: TimeAmount = .milliseconds(10)

    private let eventLoop: any EventLoop
    private let streams: StreamTable
    private let egress: Egress
    private let turns: Turns
    private let counters: ShardCounters
    /// Those that are due first come first.
    private var throttled = Heap<Throttled>()
    private var isReleaseScheduled = false

    init(streams: StreamTable, egress: Egress, turns: Turns, counters: ShardCounters) {
        self.eventLoop = egress.eventLoop
        self.streams = streams
        self.egress = egress
        self.turns = turns
        self.counters = counters
    }

    /// The client can't take it now: state is owed, what is transient is dropped, an event that does not
    /// fit ends the connection.
    func hold(_ publication: Publication, from subscription: Subscription) {
        if publication.kind == .snapshot { subscription.owesSnapshot = true }
        hold(from: publication.position.sequence, for: subscription)
    }

    func hold(from sequence: UInt64, for subscription: Subscription) {
        // That its socket is broken may have shown just now.
        guard !subscription.connection.isClosing else { return }
        switch subscription.descriptor.deliveryClass {
        case .latest, .delta: owe(sequence, to: subscription)
        case .transient: counters.transientDropped.add()
        case .event:
            let waiting = subscription.outbox.waitingBytes
            subscription.connection.closeAsSlow("\(waiting) bytes wait and \(subscription.stream) can't be thinned")
        }
    }

    func owe(_ sequence: UInt64, to subscription: Subscription) {
        counters.conflated.add()
        guard subscription.owedFrom == nil else { return }
        subscription.owedFrom = sequence
        if subscription.hasRoom {
            throttled.insert(Throttled(subscription, at: eventLoop.now))
            scheduleRelease()
        } else {
            subscription.outbox.debts.add(subscription, at: eventLoop.now)
        }
    }

    func forgetDebt(of subscription: Subscription) {
        guard subscription.owedFrom != nil else { return }
        subscription.owedFrom = nil
        subscription.outbox.debts.remove(subscription)
        // In the list of all clients it may stay until the next look at it: there it is passed over.
    }

    /// Where there is room in the client's outbox again, it gets the newest state of what was held back: as long as next to
    /// nothing waits, so that none is old when it is read.
    func settle(_ outbox: Outbox) {
        guard outbox.debts.beginPaying() else { return }
        let now = eventLoop.now
        while outbox.isReadyToSettle, let debt = outbox.debts.popFirst() {
            let subscription = debt.subscription
            guard subscription.owedFrom != nil, payNext(of: subscription, at: now) else { continue }
            // The closes of its candles come one by one: what is left goes on to be the oldest.
            if subscription.owedFrom != nil, !subscription.isUnlisted { outbox.debts.putBack(debt) }
            outbox.flush(from: Self.settledAtOnce)
        }
        outbox.debts.endPaying()
        outbox.flush()
        if !throttled.isEmpty { scheduleRelease() }
    }

    /// Pays what is owed as far as it may be paid now, and keeps the rest for later.
    func settle(_ subscription: Subscription, at now: NIODeadline) {
        while subscription.owedFrom != nil, !subscription.isUnlisted {
            guard subscription.hasRoom else {
                return subscription.outbox.debts.add(subscription, at: now)
            }
            guard payNext(of: subscription, at: now) else { return }
        }
    }

    /// Clients whose debt could not be paid without a state. To be called behind what brought the state.
    func settleHeld(_ fanOut: StreamFanOut, at now: NIODeadline) {
        guard fanOut.descriptor.deliveryClass == .delta else { return }
        for subscription in fanOut.all where subscription.owedFrom != nil && subscription.isUnlisted {
            subscription.isUnlisted = false
            settle(subscription, at: now)
        }
    }

    /// False where its rate does not allow it yet.
    private func payNext(of subscription: Subscription, at now: NIODeadline) -> Bool {
        guard subscription.nextAllowed <= now else {
            throttled.insert(Throttled(subscription, at: now))
            return false
        }
        payDebt(subscription, at: now)
        return true
    }

    /// With the newest state; where objects have ended since, with the last state of the first of them.
    private func payDebt(_ subscription: Subscription, at now: NIODeadline) {
        guard let owed = subscription.owedFrom, let fanOut = streams[subscription.stream] else { return }
        guard fanOut.state.hasBase else {
            subscription.isUnlisted = true
            return
        }
        let startsWithState = subscription.startsWithState
        let first = startsWithState ? nil : owed
        let isComplete = fanOut.closed.isComplete(from: owed)
        let isSnapshot = startsWithState || subscription.owesSnapshot || !isComplete
        subscription.startsWithState = false
        subscription.lacksState = false
        if isComplete, var closed = fanOut.closed.first(from: owed) {
            closed.kind = isSnapshot ? .snapshot : .update
            subscription.owedFrom = closed.position.sequence + 1
            let frame = fanOut.encoder(of: subscription.variant).frame(of: closed, first: first, tellsEpoch: true)
            return egress.deliver(frame, to: subscription, as: fanOut.deliveries, at: now)
        }
        subscription.owedFrom = nil
        subscription.owesSnapshot = false
        guard var newest = fanOut.snapshot() else {
            fanOut.markAsLacking(subscription)
            return tellLoss(to: subscription, fanOut, from: startsWithState ? owed + 1 : owed, at: now)
        }
        guard startsWithState || owed <= newest.position.sequence else {
            return payAfterRestart(newest, to: subscription, fanOut, from: owed, at: now)
        }
        let isBook = subscription.descriptor.deliveryClass == .delta
        if isBook, !startsWithState { counters.resynchronised.add() }
        let isWhole = isSnapshot || isBook
        // Who joins without room gets what all who join get.
        if isWhole, first == nil, let frame = fanOut.snapshotFrame(subscription.variant) {
            return egress.deliver(frame, to: subscription, as: fanOut.deliveries, at: now)
        }
        newest.kind = isWhole ? .snapshot : .update
        let frame = fanOut.encoder(of: subscription.variant).frame(of: newest, first: first, tellsEpoch: true)
        egress.deliver(frame, to: subscription, as: fanOut.deliveries, at: now)
    }

    /// The numbering went back since: no range reaches from what is owed to the newest state.
    private func payAfterRestart(
        _ newest: Publication,
        to subscription: Subscription,
        _ fanOut: StreamFanOut,
        from owed: UInt64,
        at now: NIODeadline
    ) {
        let position = newest.position
        let notice = fanOut.encoder(of: subscription.variant).gap(
            from: owed,
            to: position.sequence - 1,
            epoch: position.epoch,
            reason: .failover
        )
        if let notice { egress.deliver(notice, to: subscription, as: fanOut.deliveries, at: now) }
        guard let frame = fanOut.snapshotFrame(subscription.variant) else { return }
        egress.deliver(frame, to: subscription, as: fanOut.deliveries, at: now)
    }

    /// What was held back is gone, and the state that would stand for it is not known.
    private func tellLoss(to subscription: Subscription, _ fanOut: StreamFanOut, from: UInt64, at now: NIODeadline) {
        guard let position = fanOut.state.position, from <= position.sequence,
            let frame = fanOut.encoder(of: subscription.variant).gap(
                from: from,
                to: position.sequence,
                epoch: position.epoch,
                reason: .edge
            )
        else { return }
        egress.deliver(frame, to: subscription, as: fanOut.deliveries, at: now)
    }

    private func scheduleRelease(in delay: TimeAmount = releaseInterval) {
        guard !isReleaseScheduled else { return }
        isReleaseScheduled = true
        eventLoop.assumeIsolated().scheduleTask(in: delay) { [self] in
            isReleaseScheduled = false
            release(at: eventLoop.now)
        }
    }

    private func release(at now: NIODeadline) {
        var count = 0
        while count < Self.releasesPerTurn, let next = throttled.min, next.due <= now {
            throttled.removeMin()
            settle(next.subscription, at: now)
            count += 1
        }
        turns.flush()
        guard let next = throttled.min else { return }
        if next.due <= now { scheduleRelease(in: Turns.pause) } else { scheduleRelease() }
    }
}

@available(*, unavailable)
extension Conflation: Sendable {}
