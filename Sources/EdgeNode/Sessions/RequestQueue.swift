import DequeModule
import NIOCore

/// Messages of a client that came while the answer to an earlier one is not out: they are looked at in their order, one
/// when the last is answered. So a client costs no more than one answer at a time, and its control frames, which need not
/// wait, are read all the while.
///
/// Bounded by its owner, which takes nothing more once `bytes` are over its bound: one message may go beyond it.
struct RequestQueue {
    /// What a message costs beside its bytes.
    private static let overhead = 128

    private var messages: Deque<ByteBuffer> = []
    /// Of all of them, with what each costs beside.
    private(set) var bytes = 0

    var isEmpty: Bool { messages.isEmpty }

    mutating func append(_ message: ByteBuffer) {
        messages.append(message)
        bytes += message.readableBytes + Self.overhead
    }

    mutating func popFirst() -> ByteBuffer? {
        guard let message = messages.popFirst() else { return nil }
        bytes -= message.readableBytes + Self.overhead
        // An idle client holds no storage.
        if messages.isEmpty { messages = [] }
        return message
    }

    mutating func removeAll() { self = RequestQueue() }
}
