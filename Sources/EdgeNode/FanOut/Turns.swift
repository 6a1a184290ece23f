import DequeModule
import NIOCore

/// The turns of a shard: what the hub handed over is given to clients, then each client's frames go out in one send. Lives on the
/// shard's loop.
///
/// A turn is bounded, so that the loop also gets to accept, to read and to answer. What is left is done in the next turn;
/// a client whose frames are still waiting then gets what comes in the meantime in the same send: the busier the shard,
/// the more a send carries. When the loop is idle nothing waits for anything.
///
/// A turn of NIO's loop takes all sockets that are ready, then runs all tasks there are, those too that tasks set up: each
/// of the two can take so long as there is work of its kind. So a storm of 15,000 connects or closes, few turns of NIO's of
/// up to a second, looks for mail on its way (`catchUp`); and where mail comes as fast as it is delivered, the sockets are
/// served in between (`schedule`).
final class Turns {
    /// About two milliseconds of giving to clients. So many publications are looked at too, whoever wants them.
    static let deliveriesPerTurn = 16_384
    /// Long enough that the loop looks at its sockets in between: what is executed or scheduled for now comes before.
    static let pause: TimeAmount = .microseconds(10)

    private let eventLoop: any EventLoop
    private let egress: Egress
    private let mailbox: ShardMailbox
    /// What was taken from the mailbox and not given to clients yet.
    private var inbox: Deque<ShardItem> = []
    /// When the first of it came from the broker.
    private var inboxSince = NIODeadline.uptimeNanoseconds(0)
    private var meter: TurnMeter
    private var isScheduled = false
    /// Who is called from a turn must not begin another.
    private var isUnderWay = false
    var clock = TurnClock()
    /// Gives an item to clients, and answers whether it was a publication for any of them. Nil before `start`.
    private var give: ((ShardItem, NIODeadline) -> Bool)?

    init(egress: Egress, mailbox: ShardMailbox, counters: ShardCounters) {
        meter = TurnMeter(counters)
        self.eventLoop = egress.eventLoop
        self.egress = egress
        self.mailbox = mailbox
    }

    /// To be called once, before anything else.
    func start(_ give: @escaping (ShardItem, NIODeadline) -> Bool) { self.give = give }

    /// There is mail: the task that its sender has set up. Where a turn is due already, it comes with that.
    func wakeUp() {
        guard !isScheduled else { return }
        if clock.mayGoOn(at: eventLoop.now) { take() } else { schedule() }
    }

    /// To be called in what may come by the thousand in one turn of NIO's loop, where nothing is half done: what is
    /// delivered may write to every client, and changes the state of streams.
    func catchUp() {
        let isBehind = egress.hasWritten || !inbox.isEmpty
        if clock.isDue(at: eventLoop.now, isBehind: isBehind) { take() }
    }

    /// Sends what has been written, up to the bound of a turn.
    func flush() {
        egress.flush()
        if egress.hasWritten { schedule() }
    }

    private func take() {
        // A client may turn out to be gone in the middle of it, and look for mail in leaving.
        guard !isUnderWay, let give else { return }
        isUnderWay = true
        let now = eventLoop.now
        clock.begin(at: now)
        var items = 0
        egress.deliveriesOfTurn = 0
        while max(items, egress.deliveriesOfTurn) < Self.deliveriesPerTurn {
            if inbox.isEmpty { inboxSince = mailbox.take(into: &inbox) }
            guard let item = inbox.popFirst() else { break }
            if give(item, now), case .publication(let envelope) = item { meter.note(envelope, since: inboxSince) }
            items += 1
        }
        flush()
        if !inbox.isEmpty { schedule() }
        let ended = eventLoop.now
        clock.end(at: ended, since: now)
        meter.end(at: ended)
        isUnderWay = false
    }

    private func schedule() {
        guard !isScheduled else { return }
        isScheduled = true
        eventLoop.assumeIsolated().scheduleTask(in: Self.pause) { [self] in
            isScheduled = false
            clock.breathe(at: eventLoop.now)
            take()
        }
    }
}

@available(*, unavailable)
extension Turns: Sendable {}
