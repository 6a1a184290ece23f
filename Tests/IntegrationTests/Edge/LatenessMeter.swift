import NIOCore
import Platform
import Synchronization

/// A client that follows a stream, and knows how late its messages were: from what they say to when they were read.
final class LatenessMeter: WebSocketClientDelegate, @unchecked Sendable {
    private struct State {
        var longest = 0
        var count = 0
        var isToldToGo = false
    }

    private static let mark = #""timestamp":"#.utf8
    // The rest is behind a lock, which is why it is safe.
    private let state = Mutex(State())
    private let request: String

    init(following stream: String) {
        request = #"{"op":"subscribe","args":["\#(stream)"]}"#
    }

    var count: Int { state.withLock { $0.count } }
    var isToldToGo: Bool { state.withLock { $0.isToldToGo } }

    /// How late the latest was since the last look.
    func look() -> Duration {
        state.withLock { state in
            defer { state.longest = 0 }
            return .milliseconds(state.longest)
        }
    }

    func opened(_ connection: WebSocketConnection) { connection.send(text: ByteBuffer(string: request)) }

    func received(_ message: ByteBuffer) {
        let bytes = message.readableBytesView
        let sent = bytes.firstRange(of: Self.mark).flatMap { mark in
            Int(String(decoding: bytes[mark.upperBound...].prefix { 0x30...0x39 ~= $0 }, as: UTF8.self))
        }
        state.withLock { state in
            if let sent {
                state.longest = max(state.longest, Int(WallClock.milliseconds()) - sent)
                state.count += 1
            }
            if bytes.firstRange(of: #""op":"going_away""#.utf8) != nil { state.isToldToGo = true }
        }
    }

    func receivedOversized(_ beginning: ByteBuffer, bytes: Int) {}
    func readCompleted() {}
    func closed(reason: String) {}
}
