import Core
import NIOCore

/// All that is on its way to one client: the frames of this turn, what waits for its socket, and what it is owed. Lives on its
/// shard's loop, together with its connection, which it calls to close, to read on and to write through the channel.
///
/// What is written goes into the chain of this turn, which `flush` sends in one system call. What the socket does not take waits
/// in a backlog, bounded in bytes and messages (`OutboxLimits`) and, for all clients of the shard together, by `Backlogs`; of
/// what the kernel has, little is unsent (`ClientLine`). As it fills or grows old, `latest` streams are held back first, then
/// `delta` streams, and their newest state is sent when there is room again, the one that waits for the longest
/// first; what happens to an `event` that is not admitted is its caller's to decide. Pongs go in front of all that waits, some
/// of them at most.
final class Outbox {
    // What every delivery touches stands together: to thousands of clients it is the reads from memory that count. Safe: touched
    // on the shard's loop only, and never while a call that changes it is under way. Checked at run time, each of the accesses
    // per delivery costs as much as what it protects.
    /// Its frames of this turn.
    @exclusivity(unchecked) private var chain = FrameChain()
    /// When data was last written to the client.
    @exclusivity(unchecked) private(set) var lastDelivery: NIODeadline
    /// Nil while its socket takes all.
    @exclusivity(unchecked) private var backlog: Backlog?
    /// How many of its subscriptions are owed something, and how many it ever had with a rate of their own: while there are
    /// none, each publication is for it as it comes.
    @exclusivity(unchecked) private var restraints: Int32 = 0
    /// Whether it stands in its shard's list of those that have been written to.
    @exclusivity(unchecked) var isListed = false
    /// Whether a reply is among what was written and not sent or kept yet.
    @exclusivity(unchecked) private var hasReplied = false
    /// Nil before the connection is there, and when it has ended.
    @exclusivity(unchecked) private(set) var connection: ClientConnection?
    /// Nil where it is written to through the channel: under TLS, and once the connection is on its way out.
    @exclusivity(unchecked) private(set) var socket: ClientSocket?
    private let egress: Egress

    /// What is known of the way to the client.
    var line = ClientLine()
    /// What was held back from it because its socket was full.
    var debts = Debts()

    init(_ egress: Egress, at now: NIODeadline) {
        self.egress = egress
        lastDelivery = now
    }

    /// The connection is there.
    ///
    /// - Parameter socket: Nil where the channel has none, as in tests.
    func open(_ connection: ClientConnection, _ socket: ClientSocket?, sendsDirectly: Bool) {
        self.connection = connection
        line.socket = socket
        if sendsDirectly { self.socket = socket }
    }

    /// The connection is on its way out: the descriptor is its channel's.
    func letGoOfSocket() {
        socket = nil
        line.socket = nil
    }

    /// The connection has ended.
    func end() {
        letGoOfSocket()
        dropWaiting()
        endBacklog()
        connection = nil
    }

    // MARK: What may be written

    /// Whether something waits for the socket.
    var isBehind: Bool { backlog != nil }

    /// Bytes that wait for the socket.
    var waitingBytes: Int { chain.bytes + (backlog?.unsentBytes ?? 0) }

    /// Whether the answer to a request is among what waits.
    var isReplyWaiting: Bool { backlog?.holdsReply ?? false }

    /// One more of its subscriptions keeps publications from being for it as they come, or one less.
    func restrain(by change: Int32) { restraints += change }

    /// Writes a publication to a client that nothing is held back from. False where something may be.
    @inline(__always)
    func take(_ frame: TurnFrames.Place, bytes: Int, at now: NIODeadline, through egress: Egress) -> Bool {
        guard restraints == 0, backlog == nil, chain.bytes < SendBuffer.plenty else { return false }
        lastDelivery = now
        egress.turn.append(frame, bytes: bytes, to: &chain)
        egress.enlist(self)
        return true
    }

    /// Whether a publication of this class may be written to it. What this turn has written is handed to the socket first
    /// where it is much: only what the socket does not take counts against the client.
    func hasRoom(for deliveryClass: DeliveryClass) -> Bool {
        if backlog == nil { flush(from: SendBuffer.plenty) }
        guard let backlog else { return true }
        let messages = backlog.count + Int(chain.count)
        guard egress.limits.admits(deliveryClass, bytes: waitingBytes, messages: messages) else { return false }
        guard deliveryClass != .event else { return true }
        let now = egress.eventLoop.now
        let age = backlog.age(at: now, of: waitingBytes)
        return OutboxLimits.admits(deliveryClass, age: age, debt: debts.age(at: now))
    }

    // MARK: Writing

    /// Writes a frame; it is sent at the end of the shard's turn.
    ///
    /// - Parameter now: For data: when it is written.
    func write(_ frame: ByteBuffer, asDataAt now: NIODeadline? = nil) {
        if let now { lastDelivery = now }
        let place = egress.turn.hold(frame)
        let isWritten = append(place, bytes: frame.readableBytes)
        egress.turn.letGo(of: place, appendedTo: isWritten ? 1 : 0)
    }

    /// Writes a frame that is data; false where the client has gone.
    func deliver(_ frame: TurnFrames.Place, bytes: Int, at now: NIODeadline) -> Bool {
        lastDelivery = now
        return append(frame, bytes: bytes)
    }

    /// Writes the answer to a request.
    func write(reply frame: ByteBuffer) {
        hasReplied = true
        write(frame)
    }

    /// Writes a control frame: in front of what waits for a full socket.
    func writeUrgently(_ frame: ByteBuffer) {
        if let backlog { backlog.appendUrgently(frame) } else { write(frame) }
    }

    /// Writes a pong: no more than some wait for a client that does not read them.
    func write(pong frame: ByteBuffer) {
        if let backlog { backlog.append(pong: frame) } else { write(frame) }
    }

    private func append(_ frame: TurnFrames.Place, bytes: Int) -> Bool {
        guard connection != nil else { return false }
        egress.turn.append(frame, bytes: bytes, to: &chain)
        egress.enlist(self)
        return true
    }

    // MARK: Sending

    /// Sends what this turn has written; false where there was nothing, or the socket is full anyway.
    @discardableResult
    func flush() -> Bool {
        guard !chain.isEmpty, connection != nil else { return false }
        if let backlog {
            backlog.append(takeChain())
            return false
        }
        if let socket { sendChain(to: socket) } else { sendChainThroughBacklog() }
        return true
    }

    /// Part of `flush`'s loop over thousands of clients: what is not on their way stands apart.
    @inline(__always)
    private func sendChain(to socket: ClientSocket) {
        let outcome: ClientSocket.Outcome
        if chain.count == 1 {
            outcome = socket.send(egress.turn.firstBytes(of: chain))
        } else if chain.bytes <= SendBuffer.capacity {
            let buffer = egress.sendBuffer
            buffer.removeAll()
            egress.turn.gather(chain, into: buffer)
            outcome = socket.send(buffer.contents)
        } else {
            // More than one call sends.
            return sendChainThroughBacklog()
        }
        guard case .taken(let taken) = outcome else {
            connection?.closeSocket()
            return
        }
        if taken == chain.bytes { forgetChain() } else { keepRest(after: taken) }
    }

    /// The socket has taken so many bytes of it, and is full.
    @inline(never)
    private func keepRest(after taken: Int) {
        let backlog = startBacklog()
        backlog.append(takeChain(), after: taken)
        backlog.pump()
    }

    @inline(never)
    private func sendChainThroughBacklog() {
        let backlog = startBacklog()
        backlog.append(takeChain())
        backlog.pump()
    }

    private func takeChain() -> Backlog.Turn {
        defer { forgetChain() }
        return Backlog.Turn(frames: egress.turn.frames(of: chain), endsWithReply: hasReplied)
    }

    private func forgetChain() {
        hasReplied = false
        egress.turn.removeAll(from: &chain)
    }

    private func startBacklog() -> Backlog {
        let backlog = Backlog(of: self, through: egress)
        // All that was before has been taken.
        line.forgetStall()
        self.backlog = backlog
        return backlog
    }

    /// The backlog has sent all that it had.
    func endBacklog() {
        backlog?.end()
        backlog = nil
    }

    /// What waits is not sent any more, but for a frame that has begun.
    func dropWaiting() {
        forgetChain()
        backlog?.removeAll()
    }

    /// Whether what was held back may be sent: next to nothing waits in front of it, so that it is not old when it is read.
    var isReadyToSettle: Bool {
        guard let connection, !connection.isClosing else { return false }
        return backlog == nil || waitingBytes <= egress.limits.settlingBytes
    }

    /// Sends what this turn has written where it comes to so many bytes: only what the socket does not take counts as waiting.
    func flush(from bytes: Int) {
        if chain.bytes >= bytes { flush() }
    }

    /// For how long the client's side has acknowledged nothing; nil where it has since the last look. To be asked by each sweep
    /// while something waits for it.
    func stalledTime(at now: NIODeadline) -> TimeAmount? {
        line.stalledTime(orHanded: backlog?.handed(past: connection?.bytesInChannel), at: now)
    }
}

@available(*, unavailable)
extension Outbox: Sendable {}
