import NIOCore
import NIOWebSocket

/// Hears what comes over one WebSocket connection. Every call is on the connection's event loop.
package protocol WebSocketClientDelegate: AnyObject {
    func opened(_ connection: WebSocketConnection)
    /// A whole text or binary message, put together from its fragments.
    func received(_ message: ByteBuffer)
    /// A message beyond the client's bound; its bytes were thrown away but for its beginning.
    func receivedOversized(_ beginning: ByteBuffer, bytes: Int)
    /// Nothing more is to be read for now: the moment to hand on what came in this read.
    func readCompleted()
    /// Called once, after `opened`; `reason` says why in words.
    func closed(reason: String)
    /// The same for who asks with which code the server has closed; nil where it has said none, or the connection broke.
    func closed(code: UInt16?, reason: String)
}

extension WebSocketClientDelegate {
    package func closed(code: UInt16?, reason: String) { closed(reason: reason) }
}

/// The sending half of a connection. Loop-bound: use it only on the loop on which `opened` gave it.
package struct WebSocketConnection {
    private let channel: any Channel

    init(channel: any Channel) {
        self.channel = channel
    }

    package func send(text: ByteBuffer) {
        channel.writeAndFlush(WebSocketClientHandler.frame(.text, text), promise: nil)
    }

    /// Starts the close handshake; the connection ends at the latest two seconds later, whatever the peer does.
    package func close(code: UInt16 = 1000) {
        var data = channel.allocator.buffer(capacity: 2)
        data.writeInteger(code)
        channel.writeAndFlush(WebSocketClientHandler.frame(.connectionClose, data), promise: nil)
        let channel = channel
        channel.eventLoop.scheduleTask(in: .seconds(2)) { channel.close(promise: nil) }
    }

    /// Ends the connection at once, without a close handshake.
    package func abort() { channel.close(promise: nil) }
}

@available(*, unavailable)
extension WebSocketConnection: Sendable {}
