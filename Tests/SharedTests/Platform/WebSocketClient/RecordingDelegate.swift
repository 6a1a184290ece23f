import NIOCore
import TestSupport

@testable import Platform

/// Writes down what a connection tells its delegate; `readCompleted` is left out, since its number is the network's
/// affair.
final class RecordingDelegate: WebSocketClientDelegate {
    enum Event: Sendable, Equatable {
        case opened
        case received(String)
        case oversized(Int, beginning: String)
        case closed(String)
    }

    private let events: Inbox<Event>
    private let onOpened: (WebSocketConnection) -> Void

    init(_ events: Inbox<Event>, onOpened: @escaping (WebSocketConnection) -> Void = { _ in }) {
        self.events = events
        self.onOpened = onOpened
    }

    func opened(_ connection: WebSocketConnection) {
        events.append([.opened])
        onOpened(connection)
    }

    func received(_ message: ByteBuffer) { events.append([.received(String(buffer: message))]) }
    func receivedOversized(_ beginning: ByteBuffer, bytes: Int) {
        events.append([.oversized(bytes, beginning: String(buffer: beginning))])
    }
    func readCompleted() {}
    func closed(reason: String) { events.append([.closed(reason)]) }
}
