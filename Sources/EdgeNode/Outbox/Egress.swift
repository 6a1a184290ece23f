import CHotPath
import DequeModule
import NIOCore
import Platform

/// The way out of a shard: the frames of this turn, the clients that they were written to, and what all of their outboxes share.
/// Lives on the shard's loop.
final class Egress {
    /// About a millisecond of system calls.
    static let sendsPerTurn = 256
    /// While one client is sent something, what is needed of that many places further on is fetched: the system call has
    /// driven it out of the cache.
    private static let ahead = 2

    let eventLoop: any EventLoop
    let limits: OutboxLimits
    let sendBuffer = SendBuffer()
    let backlogs: Backlogs
    let unsentWatch: UnsentWatch
    private let counters: ShardCounters
    // Safe: as everything here, touched on this loop only, and never while a call that changes it is under way. Checked at run
    // time, each of the accesses per delivery costs as much as what it protects; the same holds in Outbox.
    @exclusivity(unchecked) var turn = TurnFrames()
    /// Clients that have been written to, each once; some have been sent it already.
    @exclusivity(unchecked) private var written: Deque<Outbox> = []
    /// Messages of this turn: it is bounded in them.
    @exclusivity(unchecked) var deliveriesOfTurn = 0

    /// - Parameter shards: How many the node has.
    init(eventLoop: any EventLoop, limits: OutboxLimits, shards: Int, counters: ShardCounters) {
        self.eventLoop = eventLoop
        self.limits = limits
        self.counters = counters
        self.backlogs = Backlogs(bound: limits.nodeBytes / shards, counters: counters)
        self.unsentWatch = UnsentWatch(eventLoop: eventLoop)
    }

    /// Whether something was written and not sent.
    var hasWritten: Bool { !written.isEmpty }

    /// It is sent at the end of the turn.
    func enlist(_ outbox: Outbox) {
        guard !outbox.isListed else { return }
        outbox.isListed = true
        written.append(outbox)
    }

    /// Writes a frame to one client, also to one that is behind.
    ///
    /// - Parameter deliveries: Those of its kind of streams.
    func deliver(
        _ frame: ByteBuffer,
        to subscription: Subscription,
        as deliveries: CounterCell<OneThread>,
        at now: NIODeadline
    ) {
        let place = turn.hold(frame)
        let bytes = frame.readableBytes
        let delivered: Int32 = write(place, bytes: bytes, to: subscription, at: now) ? 1 : 0
        turn.letGo(of: place, appendedTo: delivered)
        count(delivered, bytes: bytes, as: deliveries)
    }

    /// False where the client is on its way out.
    func write(_ frame: TurnFrames.Place, bytes: Int, to subscription: Subscription, at now: NIODeadline) -> Bool {
        if subscription.minimumInterval > 0 {
            subscription.nextAllowed = now + .nanoseconds(subscription.minimumInterval)
        }
        return subscription.outbox.deliver(frame, bytes: bytes, at: now)
    }

    /// So many clients were given a frame of this length.
    func count(_ delivered: Int32, bytes: Int, as deliveries: CounterCell<OneThread>) {
        let delivered = Int(delivered)
        deliveriesOfTurn += delivered
        counters.messagesSent.add(delivered)
        counters.deliveredBytes.add(bytes * delivered)
        deliveries.add(delivered)
    }

    /// Sends what has been written, up to the bound of a turn.
    func flush() {
        var sends = 0
        while let outbox = written.popFirst() {
            if written.count > Self.ahead {
                tidegate_prefetch(Unmanaged.passUnretained(written[Self.ahead]).toOpaque())
            }
            outbox.isListed = false
            if outbox.flush() { sends += 1 }
            if sends >= Self.sendsPerTurn { break }
        }
        backlogs.shed()
    }
}

@available(*, unavailable)
extension Egress: Sendable {}
