import NIOCore

/// What a client has not taken yet, and how it goes on its way. There is one only while the client's socket is full: a client that
/// keeps up holds nothing. Lives on its shard's loop.
///
/// Past the channel it is sent a piece at a time until the socket refuses; the rest of what has begun goes through the channel,
/// which the system tells when there is room again. Under TLS all goes through the channel, a piece at a time. While the client is
/// behind, a piece is small (`SendPace`): what stands in the kernel is old before the ladder can see it.
final class Backlog {
    /// What was written in a turn.
    struct Turn {
        let frames: [ByteBuffer]
        /// Whether a reply is among them: all of them must be taken before the next request is looked at.
        let endsWithReply: Bool
    }

    /// Nil once it is not needed any more.
    private(set) var outbox: Outbox?
    private let egress: Egress
    private var waiting = WaitingFrames()
    /// The client's window is full, and its pace not known: what waits is taken for so much older.
    private var doubt = TimeAmount.zero
    private var isPumping = false
    /// Where it stands in its shard's list.
    var index = 0
    var isWatchedForUnsent = false

    init(of outbox: Outbox, through egress: Egress) {
        self.outbox = outbox
        self.egress = egress
        egress.backlogs.add(self)
    }

    /// It is not needed any more.
    func end() {
        change {
            $0.removeAll()
            $0.endPiece()
        }
        outbox = nil
        egress.backlogs.remove(self)
    }

    /// Frames that wait, and all bytes that the socket has not taken.
    var count: Int { waiting.count }
    var unsentBytes: Int { waiting.unsentBytes }
    /// Whether the answer to a request is among what waits.
    var holdsReply: Bool { waiting.holdsReply }

    /// How old the oldest of it is, or will be when all of so many bytes have been taken.
    func age(at now: NIODeadline, of bytes: Int) -> TimeAmount {
        noteDoubt()
        return max(waiting.age(at: now), outbox?.line.time(for: bytes) ?? .zero) + doubt
    }

    /// Bytes that have left the channel; nil where that is not known.
    func handed(past inChannel: Int?) -> UInt64? {
        UInt64(max(0, waiting.handed - (inChannel ?? waiting.inFlight)))
    }

    // MARK: What comes

    func append(_ turn: Turn) {
        let now = egress.eventLoop.now
        change { waiting in
            for frame in turn.frames { waiting.append(frame, at: now) }
            if turn.endsWithReply { waiting.markReply() }
        }
    }

    /// - Parameter taken: So many bytes of it the socket has taken, and it is full.
    func append(_ turn: Turn, after taken: Int) {
        let now = egress.eventLoop.now
        let begun = change { $0.append(turn.frames, after: taken, at: now) }
        if let begun { hand(begun, hadReply: false) }
        if turn.endsWithReply { waiting.markReply() }
    }

    func appendUrgently(_ frame: ByteBuffer) { change { $0.appendUrgently(frame) } }

    func append(pong frame: ByteBuffer) { change { $0.append(pong: frame) } }

    /// What waits is not sent any more, but for a frame that has begun.
    func removeAll() { change { $0.removeAll() } }

    private func change<Answer>(_ body: (inout WaitingFrames) -> Answer) -> Answer {
        let before = waiting.unsentBytes
        defer { egress.backlogs.count(waiting.unsentBytes - before) }
        return body(&waiting)
    }

    // MARK: On its way

    /// Sends until the socket is full again or nothing waits.
    func pump() {
        guard !isPumping, let outbox else { return }
        isPumping = true
        while waiting.inFlight == 0, self.outbox != nil {
            if waiting.isEmpty {
                outbox.endBacklog()
            } else if let socket = outbox.socket {
                send(to: socket, of: outbox)
            } else {
                let unsent = outbox.line.unsent
                if unsent >= outbox.line.unsentLimit, isBehind(outbox) {
                    egress.unsentWatch.add(self)
                    measurePace(of: outbox)
                    break
                }
                sendThroughChannel(of: outbox, isWindowFull: unsent > 0)
            }
        }
        isPumping = false
        outbox.connection?.outboxMoved()
    }

    private func send(to socket: ClientSocket, of outbox: Outbox) {
        guard let first = waiting.first else { return }
        let buffer = egress.sendBuffer
        buffer.removeAll()
        waiting.gather(into: buffer, upTo: pieceBytes(of: outbox))
        let length = max(buffer.count, first.readableBytes)
        let hadReply = waiting.holdsReply
        let outcome = buffer.count > 0 ? socket.send(buffer.contents) : socket.send(first)
        guard case .taken(let taken) = outcome else {
            outbox.connection?.closeSocket()
            return
        }
        let begun = change { $0.remove(taken, isFull: taken < length) }
        if let begun { hand(begun, hadReply: hadReply) }
    }

    /// - Parameter isWindowFull: Then it is looked at again after little.
    private func sendThroughChannel(of outbox: Outbox, isWindowFull: Bool) {
        guard let first = waiting.first else { return }
        let buffer = egress.sendBuffer
        buffer.removeAll()
        waiting.gather(into: buffer, upTo: isWindowFull ? outbox.line.unsentLimit : pieceBytes(of: outbox))
        let piece = buffer.count > first.readableBytes ? ByteBuffer(bytes: buffer.contents) : first
        let hadReply = waiting.holdsReply
        _ = change { $0.remove(piece.readableBytes, isFull: false) }
        hand(piece, hadReply: hadReply)
    }

    /// Lets the channel send it: it is told by the system when the socket takes more.
    private func hand(_ piece: ByteBuffer, hadReply: Bool) {
        let now = egress.eventLoop.now
        change { $0.begin(piece.readableBytes, hadReply: hadReply, at: now) }
        outbox?.connection?.sendThroughChannel(piece) { self.channelTook($0) }
    }

    private func channelTook(_ result: Result<Void, any Error>) {
        guard let outbox else { return }
        // The channel fails what it could not write before it says that it is gone; its socket is closed already.
        guard case .success = result else { return outbox.letGoOfSocket() }
        change { $0.endPiece() }
        // Under TLS all goes this way: what goes out at once says nothing of the client's pace.
        if outbox.line.unsent > 0 { measurePace(of: outbox) }
        pump()
    }

    // MARK: The client's pace

    /// Whether the client is known to take little, or has not taken what waits for a while.
    private func isBehind(_ outbox: Outbox) -> Bool {
        noteDoubt()
        return outbox.line.isSlow || waiting.age(at: egress.eventLoop.now) + doubt >= OutboxLimits.patienceOfLatest
    }

    /// What is given to the socket at a time.
    private func pieceBytes(of outbox: Outbox) -> Int {
        isBehind(outbox) ? outbox.line.unsentLimit : SendBuffer.capacity
    }

    private func noteDoubt() {
        if doubt == .zero, outbox?.line.isDoubtful == true { doubt = OutboxLimits.doubt }
    }

    private func measurePace(of outbox: Outbox) {
        if outbox.line.measure(at: egress.eventLoop.now) { doubt = .zero }
    }
}

@available(*, unavailable)
extension Backlog: Sendable {}
