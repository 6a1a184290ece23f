import DequeModule
import NIOCore

/// What waits for a socket that is full. There is one only while it is: a client that keeps up holds nothing.
///
/// The frames are shared with the other clients that they wait for; they are counted as if each had its own.
/// Bounded by its connection, see `ClientConnection`, but for pongs, of which no more than `mostPongs` wait: RFC 6455
/// (5.5.3) lets a pong stand for the pings before. Lives on its shard's loop.
final class Backlog {
    static let mostPongs = 4

    private struct Waiting {
        let frame: ByteBuffer
        let since: NIODeadline
    }

    /// Nil once the backlog is not needed any more.
    var connection: ClientConnection?
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
    /// The client's window is full, and its pace not known: what waits is taken for so much older.
    var doubt = TimeAmount.zero
    /// Where it stands in its shard's list.
    var index = 0
    /// Bytes that were handed on so far.
    private(set) var handed = 0
    /// Since when what was removed last had waited.
    private var removedSince: NIODeadline?

    var count: Int { urgent.count + frames.count }

    var isEmpty: Bool { count == 0 && inFlight == 0 }

    var first: ByteBuffer? { urgent.first ?? frames.first?.frame }

    /// Whether the answer to a request is among what waits.
    var holdsReply: Bool { upToReply > 0 || inFlightHoldsReply }

    /// For how long the oldest of it has waited.
    func age(at now: NIODeadline) -> TimeAmount {
        let oldest = (inFlight > 0 ? removedSince : nil) ?? frames.first?.since
        return oldest.map { now - $0 } ?? .zero
    }

    func append(_ frame: ByteBuffer, at now: NIODeadline) {
        frames.append(Waiting(frame: frame, since: now))
        bytes += frame.readableBytes
    }

    /// What has been appended so far ends with a reply.
    func markReply() {
        upToReply = frames.count
        // All of it is on its way already.
        if upToReply == 0 { inFlightHoldsReply = inFlight > 0 }
    }

    func appendUrgently(_ frame: ByteBuffer) {
        urgent.append(frame)
        bytes += frame.readableBytes
    }

    /// Where enough pongs wait, the newest takes the place of the last. Answers by how many bytes more wait now.
    func append(pong frame: ByteBuffer) -> Int {
        let before = bytes
        let places = urgent.indices.filter { Self.isPong(urgent[$0]) }
        if places.count >= Self.mostPongs, let last = places.last {
            bytes -= urgent[last].readableBytes
            urgent.remove(at: last)
        }
        appendUrgently(frame)
        return bytes - before
    }

    func removeFirst() {
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
    func begin(_ count: Int, hadReply: Bool, at now: NIODeadline) {
        inFlight = count
        removedSince = removedSince ?? now
        inFlightHoldsReply = hadReply && upToReply == 0
    }

    /// The channel has sent its piece.
    func endPiece() {
        inFlight = 0
        inFlightHoldsReply = false
        removedSince = nil
    }

    func removeAll() {
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

@available(*, unavailable)
extension Backlog: Sendable {}
