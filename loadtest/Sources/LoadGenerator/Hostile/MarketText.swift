import Core
import NIOCore
import Platform

/// What clients of real streams say and are told, in the `action` dialect.
enum MarketText {
    struct Data: Equatable {
        var stream = ""
        var sequence: Int64 = 0
        var first: Int64?
        var isSnapshot = false
        /// The exchange's, in milliseconds since 1970.
        var timestamp: Int64 = 0

        /// Microseconds, by the clocks of two machines where the exchange is another.
        var age: Int64 { max(0, WallClock.microseconds() - timestamp * 1000) }
    }

    enum Message: Equatable {
        case data(Data)
        case gap(stream: String, to: Int64)
        /// The word of `action`.
        case reply(String)
        case unreadable
    }

    static func subscribe(_ streams: [String]) -> ByteBuffer { request("subscribe", streams) }

    static func unsubscribe(_ streams: [String]) -> ByteBuffer { request("unsubscribe", streams) }

    private static func request(_ action: String, _ streams: [String]) -> ByteBuffer {
        ClientFrame.text(
            JSONWriter.object {
                $0.string("action", action)
                $0.strings("streams", streams)
            }
        )
    }

    /// One that no exchange has.
    static func inventedSymbol() -> String {
        String((0..<32).map { _ in Character(UnicodeScalar(UInt8.random(in: 65...90))) })
    }

    static func read(_ bytes: UnsafeRawBufferPointer) -> Message {
        var (data, action, to) = (Data(), "", Int64(0))
        var cursor = JSONCursor(bytes)
        do {
            try cursor.object { (key, cursor) throws(JSONError) in
                if key.equals("stream") {
                    data.stream = try cursor.string().decoded ?? ""
                } else if key.equals("action") {
                    action = try cursor.string().decoded ?? ""
                } else if key.equals("seq") {
                    data.sequence = try cursor.integer()
                } else if key.equals("first") {
                    data.first = try cursor.integer()
                } else if key.equals("to") {
                    to = try cursor.integer()
                } else if key.equals("timestamp") {
                    data.timestamp = try cursor.integer()
                } else if key.equals("type") {
                    data.isSnapshot = try cursor.string().equals("snapshot")
                } else {
                    try cursor.skip()
                }
            }
        } catch {
            return .unreadable
        }
        if action == "gap" { return .gap(stream: data.stream, to: to) }
        return action.isEmpty ? .data(data) : .reply(action)
    }
}
