import DequeModule
import NIOCore

/// What waits for a socket that is full, in the order in which it is sent, and what the channel has of it. Pure.
///
/// The frames are shared with the other clients that they wait for; they are counted as if each had its own. Bounded by its
/// outbox (`OutboxLimits`), but for pongs, of which no more than `mostPongs` wait: RFC 6455 (5.5.3) lets a pong stand for the
/// pings before.
struct WaitingFrames {
    static let mostPongs = 4

    private struct Waiting {
        let frame: ByteBuffer
        let since: NIODeadline
    }

    /// Pongs, pings and closes stand before everything else.
    private var urgent: Deque<ByteBuffer> = []
    private var frames: Deque<Waiting> = []
    /// Bytes of both.
    private(set) var bytes = 0
    /// Bytes that the channel has been given and has not said to be gone; while there are any, it gets no more.
    private(set) var inFlight = 0
    /// Of `frames`, how many there are up to the last that is a reply.
    private var upToReply = 0
    private var inFlightHoldsReply = false
    /// Bytes that were handed on so far.
    private(set) var handed = 0
    /// Since when what was removed last had waited.
    private var removedSince: NIODeadline?

    var count: Int { urgent.count + frames.count }

    var isEmpty: Bool { count == 0 && inFlight == 0 }

    /// All that the socket has not taken.
    var unsentBytes: Int { bytes + inFlight }

    var first: ByteBuffer? { urgent.first ?? frames.first?.frame }

    /// Whether the answer to a request is among what waits.
    var holdsReply: Bool { upToReply > 0 || inFlightHoldsReply }

    /// For how long the oldest of it has waited.
    func age(at now: NIODeadline) -> TimeAmount {
        let oldest = (inFlight > 0 ? removedSince : nil) ?? frames.first?.since
        return oldest.map { now - $0 } ?? .zero
    }

    mutating func append(_ frame: ByteBuffer, at now: NIODeadline) {
        frames.append(Waiting(frame: frame, since: now))
        bytes += frame.readableBytes
    }

    /// What has been appended so far ends with a reply.
    mutating func markReply() {
        upToReply = frames.count
        // All of it is on its way already.
        if upToReply == 0 { inFlightHoldsReply = inFlight > 0 }
    }

    mutating func appendUrgently(_ frame: ByteBuffer) {
        urgent.append(frame)
        bytes += frame.readableBytes
    }

    /// Where enough pongs wait, the newest takes the place of the last.
    mutating func append(pong frame: ByteBuffer) {
        let places = urgent.indices.filter { Self.isPong(urgent[$0]) }
        if places.count >= Self.mostPongs, let last = places.last {
            bytes -= urgent[last].readableBytes
            urgent.remove(at: last)
        }
        appendUrgently(frame)
    }

    /// Keeps the frames of a turn, of which the full socket has taken so many bytes. Answers by what is left of the first that it
    /// has not wholly taken: it is the caller's.
    mutating func append(_ frames: [ByteBuffer], after taken: Int, at now: NIODeadline) -> ByteBuffer? {
        var left = taken
        var begun: ByteBuffer?
        for frame in frames {
            if begun == nil, left >= frame.readableBytes {
                left -= frame.readableBytes
            } else if begun == nil {
                begun = frame.rest(after: left)
            } else {
                append(frame, at: now)
            }
        }
        return begun
    }

    /// The socket has taken so many bytes.
    ///
    /// - Parameter isFull: It would not take more: then what is left of the first frame that it has not wholly taken is removed
    ///   too, and the caller's.
    mutating func remove(_ taken: Int, isFull: Bool) -> ByteBuffer? {
        var left = taken
        while let next = first, left >= next.readableBytes {
            left -= next.readableBytes
            removeFirst()
        }
        guard isFull, let next = first else { return nil }
        removeFirst()
        return next.rest(after: left)
    }

    mutating func removeFirst() {
        let frame: ByteBuffer
        if urgent.isEmpty {
            let waiting = frames.removeFirst()
            (frame, removedSince) = (waiting.frame, waiting.since)
            upToReply = max(0, upToReply - 1)
        } else {
            (frame, removedSince) = (urgent.removeFirst(), nil)
        }
        bytes -= frame.readableBytes
        handed += frame.readableBytes
    }

    /// The channel is given a piece of what was removed, or of what never waited here.
    ///
    /// - Parameter hadReply: Whether a reply waited before that was removed.
    mutating func begin(_ count: Int, hadReply: Bool, at now: NIODeadline) {
        inFlight = count
        removedSince = removedSince ?? now
        inFlightHoldsReply = hadReply && upToReply == 0
    }

    /// The channel has sent its piece.
    mutating func endPiece() {
        inFlight = 0
        inFlightHoldsReply = false
        removedSince = nil
    }

    mutating func removeAll() {
        urgent = []
        frames = []
        bytes = 0
        upToReply = 0
    }

    /// Copies whole frames from the beginning as long as they fit.
    ///
    /// - Parameter limit: So many bytes at most.
    func gather(into buffer: SendBuffer, upTo limit: Int) {
        for frame in urgent { guard Self.add(frame, to: buffer, upTo: limit) else { return } }
        for waiting in frames { guard Self.add(waiting.frame, to: buffer, upTo: limit) else { return } }
    }

    private static func add(_ frame: ByteBuffer, to buffer: SendBuffer, upTo limit: Int) -> Bool {
        buffer.count + frame.readableBytes <= limit && frame.withUnsafeReadableBytes(buffer.add)
    }

    private static func isPong(_ frame: ByteBuffer) -> Bool {
        frame.getInteger(at: frame.readerIndex, as: UInt8.self) == 0x80 | WebSocketOpcode.pong.rawValue
    }
}

extension ByteBuffer {
    fileprivate func rest(after count: Int) -> ByteBuffer {
        var rest = self
        rest.moveReaderIndex(forwardBy: count)
        return rest
    }
}
