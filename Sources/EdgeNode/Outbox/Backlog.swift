import DequeModule
import NIOCore

/// What waits for a socket that is full. There is one only while it is: a client that keeps up holds nothing.
///
/// The frames are shared with the other clients that they wait for; they are counted as if each had its own.
/// Bounded by its connection, see `ClientConnection`, but for pongs, of which no more than `mostPongs` wait: RFC 6455
/// (5.5.3) lets a pong stand for the pings before. Lives on its shard's loop.
final class Backlog {
    static let mostPongs = 4

    /// Nil once the backlog is not needed any more.
    var connection: ClientConnection?
    /// Pongs, pings and closes stand before everything else.
    private var urgent: Deque<ByteBuffer> = []
    private var frames: Deque<ByteBuffer> = []
    /// Bytes of both.
    private(set) var bytes = 0
    /// Bytes that the channel has been given and has not said to be gone; while there are any, it gets no more.
    private(set) var inFlight = 0
    /// Of `frames`, how many there are up to the last that is a reply.
    private var upToReply = 0
    private var inFlightHoldsReply = false
    /// Where it stands in its shard's list.
    var index = 0
    /// Bytes that were handed on so far, to tell a socket that takes little from one that takes nothing.
    private var handed = 0
    private var takenBefore = 0
    private var stalledSince: NIODeadline?

    var count: Int { urgent.count + frames.count }

    var isEmpty: Bool { count == 0 && inFlight == 0 }

    var first: ByteBuffer? { urgent.first ?? frames.first }

    /// Whether the answer to a request is among what waits.
    var holdsReply: Bool { upToReply > 0 || inFlightHoldsReply }

    func append(_ frame: ByteBuffer) {
        frames.append(frame)
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
            frame = frames.removeFirst()
            upToReply = max(0, upToReply - 1)
        } else {
            frame = urgent.removeFirst()
        }
        bytes -= frame.readableBytes
        handed += frame.readableBytes
    }

    /// The channel is given a piece of what was removed.
    ///
    /// - Parameter hadReply: Whether a reply waited before that was removed.
    func begin(_ count: Int, hadReply: Bool) {
        inFlight = count
        inFlightHoldsReply = hadReply && upToReply == 0
    }

    /// The channel has sent its piece.
    func endPiece() {
        inFlight = 0
        inFlightHoldsReply = false
    }

    func removeAll() {
        urgent = []
        frames = []
        bytes = 0
        upToReply = 0
    }

    /// Copies whole frames from the beginning as long as they fit.
    func gather(into buffer: SendBuffer) {
        for frame in urgent { guard frame.withUnsafeReadableBytes(buffer.add) else { return } }
        for frame in frames { guard frame.withUnsafeReadableBytes(buffer.add) else { return } }
    }

    /// For how long the socket has taken nothing. To be asked by each sweep: it compares with the last time.
    ///
    /// - Parameter inChannel: Bytes that the channel still has.
    func stalledTime(inChannel: Int, at now: NIODeadline) -> TimeAmount? {
        let taken = handed - inChannel
        defer { takenBefore = taken }
        guard taken == takenBefore, let since = stalledSince else {
            stalledSince = now
            return nil
        }
        return now - since
    }

    private static func isPong(_ frame: ByteBuffer) -> Bool {
        frame.getInteger(at: frame.readerIndex, as: UInt8.self) == 0x80 | WebSocketOpcode.pong.rawValue
    }
}

@available(*, unavailable)
extension Backlog: Sendable {}
