import NIOCore
import Shared
import Synchronization

/// A client that follows a stream, and knows how long it had to wait for a message.
final class PauseMeter: WebSocketClientDelegate, @unchecked Sendable {
    private struct State {
        var longest: Duration = .zero
        var last: ContinuousClock.Instant?
        var count = 0
        var isToldToGo = false
        var isClosed = false
    }

    private let request: String
    // The rest is behind a lock, which is why it is safe.
    private let state = Mutex(State())

    init(following stream: String) {
        request = #"{"op":"subscribe","args":["\#(stream)"]}"#
    }

    var count: Int { state.withLock { $0.count } }
    var isToldToGo: Bool { state.withLock { $0.isToldToGo } }
    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// The longest time between two messages since the last look, the one that goes on included.
    func look() -> Duration {
        state.withLock { state in
            defer { state.longest = .zero }
            guard !state.isClosed, let last = state.last else { return state.longest }
            return max(state.longest, ContinuousClock.now - last)
        }
    }

    func opened(_ connection: WebSocketConnection) { connection.send(text: ByteBuffer(string: request)) }

    func received(_ message: ByteBuffer) {
        state.withLock { state in
            let now = ContinuousClock.now
            if let last = state.last { state.longest = max(state.longest, now - last) }
            state.last = now
            state.count += 1
            if message.readableBytesView.firstRange(of: #""op":"going_away""#.utf8) != nil { state.isToldToGo = true }
        }
    }

    func receivedOversized(bytes: Int) {}
    func readCompleted() {}
    func closed(reason: String) { state.withLock { $0.isClosed = true } }
}
