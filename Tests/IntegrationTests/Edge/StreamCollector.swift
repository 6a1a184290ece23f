import NIOCore
import Platform
import TestSupport

/// A client that keeps what it is told.
final class StreamCollector: WebSocketClientDelegate, @unchecked Sendable {
    // Touched on the connection's loop only, which is why it is safe; `texts` locks by itself.
    private var connection: WebSocketConnection?
    private let requests: [String]
    let texts = Inbox<String>()

    /// - Parameter requests: Sent as soon as the connection is open.
    init(requests: [String]) {
        self.requests = requests
    }

    func opened(_ connection: WebSocketConnection) {
        self.connection = connection
        for request in requests { connection.send(text: ByteBuffer(string: request)) }
    }

    func received(_ message: ByteBuffer) { texts.append([String(buffer: message)]) }
    func receivedOversized(_ beginning: ByteBuffer, bytes: Int) {}
    func readCompleted() {}
    func closed(reason: String) { connection = nil }
}
