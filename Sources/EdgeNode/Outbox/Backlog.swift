import DequeModule
import NIOCore

/// What waits for a socket that is full. There is one only while it is: a client that keeps up holds nothing.
///
/// The frames are shared with the other clients that they wait for; they are counted as if each had its own.
/// Bounded by its connection, see `ClientConnection`. Lives on its shard's loop.
final class Backlog {
    /// Nil once the backlog is not needed any more.
    var connection: ClientConnection?
    private var frames: Deque<ByteBuffer> = []
    /// Pongs and closes stand before everything else.
    private var urgent = 0
    /// Bytes of `frames`.
    private(set) var bytes = 0
    /// Bytes that the channel has been given and has not said to be gone; while there are any, it gets no more.
    var inFlight = 0
    /// Where it stands in its shard's list.
    var index = 0
    /// Bytes that were handed on so far, to tell a socket that takes little from one that takes nothing.
    private var handed = 0
    private var takenBefore = 0
    private var stalledSince: NIODeadline?

    var count: Int { frames.count }

    var isEmpty: Bool { frames.isEmpty && inFlight == 0 }

    var first: ByteBuffer? { frames.first }

    func append(_ frame: ByteBuffer) {
        frames.append(frame)
        bytes += frame.readableBytes
    }

    func appendUrgently(_ frame: ByteBuffer) {
        frames.insert(frame, at: urgent)
        urgent += 1
        bytes += frame.readableBytes
    }

    func removeFirst() {
        let frame = frames.removeFirst()
        bytes -= frame.readableBytes
        handed += frame.readableBytes
        urgent = max(0, urgent - 1)
    }

    func removeAll() {
        frames = []
        bytes = 0
        urgent = 0
    }

    /// Copies whole frames from the beginning as long as they fit.
    func gather(into buffer: SendBuffer) {
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
}

@available(*, unavailable)
extension Backlog: Sendable {}
