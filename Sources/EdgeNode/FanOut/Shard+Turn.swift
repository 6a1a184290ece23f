import DequeModule
import NIOCore
import Shared

/// One turn of the loop: what the hub handed over is given to clients, then each client's frames go out in one send.
///
/// A turn is bounded, so that the loop also gets to accept, to read and to answer. What is left is done in the next turn;
/// a client whose frames are still waiting then gets what comes in the meantime in the same send: the busier the shard,
/// the more a send carries. When the loop is idle nothing waits for anything.
extension Shard {
    /// About two milliseconds of giving to clients. So many publications are looked at too, whoever wants them.
    static let deliveriesPerTurn = 16_384
    /// About a millisecond of system calls.
    static let sendsPerTurn = 256
    /// Long enough that the loop looks at its sockets in between: what is executed or scheduled for now comes before.
    static let pause: TimeAmount = .microseconds(10)

    /// The mailbox has something. Where a turn has left something over, it comes behind that.
    func drain() {
        if !isTurnScheduled { takeTurn() }
    }

    func takeTurn() {
        let now = eventLoop.now
        var items = 0
        deliveriesOfTurn = 0
        while max(items, deliveriesOfTurn) < Self.deliveriesPerTurn {
            if inbox.isEmpty { inbox.append(contentsOf: mailbox.take()) }
            guard let item = inbox.popFirst() else { break }
            take(item, at: now)
            items += 1
        }
        flush()
        if !inbox.isEmpty { scheduleTurn() }
    }

    func flushLater(_ connection: ClientConnection) { written.append(connection) }

    /// Sends what has been written, up to the bound of a turn.
    func flush() {
        var sends = 0
        while let connection = written.popFirst() {
            if connection.flushNow() { sends += 1 }
            if sends >= Self.sendsPerTurn { break }
        }
        if backlogBytes > backlogBound { shedBacklogs() }
        if !written.isEmpty { scheduleTurn() }
    }

    private func scheduleTurn() {
        guard !isTurnScheduled else { return }
        isTurnScheduled = true
        eventLoop.assumeIsolated().scheduleTask(in: Self.pause) { [self] in
            isTurnScheduled = false
            takeTurn()
        }
    }
}
