import NIOCore
import Platform

/// Passes what comes over a client connection to an async sequence, and subscribes as soon as it is open.
/// Lives on the connection's loop. The sequence keeps what its reader has not taken; a terminal reads faster than a
/// gateway sends, and the gateway closes one that does not.
final class SubscriberConnection: WebSocketClientDelegate {
    enum Event: Sendable {
        case message(String)
        /// A message that is too long to be shown, in words.
        case skipped(String)
        case closed(code: UInt16?, reason: String)
    }

    private let request: ByteBuffer
    private let continuation: AsyncStream<Event>.Continuation

    init(request: ByteBuffer, continuation: AsyncStream<Event>.Continuation) {
        self.request = request
        self.continuation = continuation
    }

    func opened(_ connection: WebSocketConnection) { connection.send(text: request) }

    func received(_ message: ByteBuffer) { continuation.yield(.message(String(buffer: message))) }

    func receivedOversized(_ beginning: ByteBuffer, bytes: Int) {
        continuation.yield(.skipped("a message of \(bytes) bytes was thrown away"))
    }

    func readCompleted() {}

    func closed(reason: String) { closed(code: nil, reason: reason) }

    func closed(code: UInt16?, reason: String) {
        continuation.yield(.closed(code: code, reason: reason))
        continuation.finish()
    }
}
