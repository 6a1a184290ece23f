import CHotPath
import DequeModule
import NIOCore

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
    // Safe: as everything here, touched on this loop only, and never while a call that changes it is under way. Checked at run
    // time, each of the accesses per delivery costs as much as what it protects; the same holds in Outbox.
    @exclusivity(unchecked) var turn = TurnFrames()
    /// Clients that have been written to, each once; some have been sent it already.
    @exclusivity(unchecked) private var written: Deque<Outbox> = []

    /// - Parameter shards: How many the node has.
    init(eventLoop: any EventLoop, limits: OutboxLimits, shards: Int, counters: ShardCounters) {
        self.eventLoop = eventLoop
        self.limits = limits
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
