import DequeModule
import NIOCore

/// One turn of a shard: what the hub handed over is given to clients, then each client's frames go out in one send.
///
/// A turn is bounded, so that the loop also gets to accept, to read and to answer. What is left is done in the next turn;
/// a client whose frames are still waiting then gets what comes in the meantime in the same send: the busier the shard,
/// the more a send carries. When the loop is idle nothing waits for anything.
///
/// A turn of NIO's loop takes all sockets that are ready, then runs all tasks there are, those too that tasks set up: each
/// of the two can take so long as there is work of its kind. So a storm of 15,000 connects or closes, few turns of NIO's of
/// up to a second, looks for mail on its way (`catchUp`); and where mail comes as fast as it is delivered, the sockets are
/// served in between (`scheduleTurn`).
extension Shard {
    /// About two milliseconds of giving to clients. So many publications are looked at too, whoever wants them.
    static let deliveriesPerTurn = 16_384
    /// Long enough that the loop looks at its sockets in between: what is executed or scheduled for now comes before.
    static let pause: TimeAmount = .microseconds(10)
    /// Turns that follow one another closer than this may have kept the loop from its sockets.
    static let breath: TimeAmount = .microseconds(50)
    /// So long at most.
    static let longestBusyTime: TimeAmount = .milliseconds(5)
    /// The mail is looked for that often at most while sockets are served, so that it is still delivered in batches.
    static let catchUpInterval: TimeAmount = .milliseconds(2)
    /// However long the last turn took, sockets are served for no longer than this before the next.
    static let longestCatchUpInterval: TimeAmount = .milliseconds(20)

    /// There is mail: the task that its sender has set up. Where a turn is due already, it comes with that.
    func wakeUp() {
        guard !isTurnScheduled else { return }
        let now = eventLoop.now
        let mayGoOn = now >= turnEnded + Self.breath || now < busySince + Self.longestBusyTime
        if mayGoOn { takeTurn() } else { scheduleTurn() }
    }

    /// To be called in what may come by the thousand in one turn of NIO's loop, where nothing is half done: what is
    /// delivered may write to every client, and changes the state of streams.
    func catchUp() {
        // What waits already goes before who comes.
        let isBehind = egress.hasWritten || !inbox.isEmpty
        let wish = isBehind ? .nanoseconds(turnDuration.nanoseconds / 2) : max(turnDuration, Self.catchUpInterval)
        let interval = min(wish, Self.longestCatchUpInterval)
        if eventLoop.now >= turnEnded + interval { takeTurn() }
    }

    private func takeTurn() {
        // A client may turn out to be gone in the middle of it, and look for mail in leaving.
        guard !isInTurn else { return }
        isInTurn = true
        let now = eventLoop.now
        if now >= turnEnded + Self.breath { busySince = now }
        var items = 0
        deliveriesOfTurn = 0
        while max(items, deliveriesOfTurn) < Self.deliveriesPerTurn {
            if inbox.isEmpty { mailbox.take(into: &inbox) }
            guard let item = inbox.popFirst() else { break }
            take(item, at: now)
            items += 1
        }
        flush()
        if !inbox.isEmpty { scheduleTurn() }
        turnEnded = eventLoop.now
        turnDuration = turnEnded - now
        isInTurn = false
    }

    /// Sends what has been written, up to the bound of a turn.
    func flush() {
        egress.flush()
        if egress.hasWritten { scheduleTurn() }
    }

    private func scheduleTurn() {
        guard !isTurnScheduled else { return }
        isTurnScheduled = true
        eventLoop.assumeIsolated().scheduleTask(in: Self.pause) { [self] in
            isTurnScheduled = false
            busySince = eventLoop.now
            takeTurn()
        }
    }
}
