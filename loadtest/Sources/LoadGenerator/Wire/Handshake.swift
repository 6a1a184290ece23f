import NIOCore

/// The opening handshake of RFC 6455 from the client's side, by hand. Pure.
enum Handshake {
    /// What the server answered.
    enum Answer: Equatable {
        /// Upgraded; what is behind `length` bytes are frames.
        case accepted(length: Int)
        /// Refused, in its own words.
        case refused(status: Int, words: String)
        case incomplete
    }

    /// Longer heads are refused.
    static let maximumHead = 8192

    static func request(path: String, host: String) -> ByteBuffer {
        ByteBuffer(
            string: "GET \(path) HTTP/1.1\r\nHost: \(host)\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
    }

    static func answer(_ bytes: UnsafeRawBufferPointer) -> Answer {
        let text = bytes.prefix(maximumHead)
        guard let end = text.firstRange(of: Array("\r\n\r\n".utf8)) else {
            guard bytes.count < maximumHead else { return .refused(status: 0, words: words(text)) }
            return .incomplete
        }
        let head = words(text)
        let parts = head.split(separator: " ", maxSplits: 2)
        guard parts.count >= 2, parts[0].hasPrefix("HTTP/1."), let status = Int(parts[1]) else {
            return .refused(status: 0, words: head)
        }
        return status == 101 ? .accepted(length: end.upperBound) : .refused(status: status, words: head)
    }

    /// In one line.
    private static func words(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        String(decoding: bytes.prefix(400), as: UTF8.self).split(whereSeparator: \.isNewline).joined(separator: " | ")
    }
}
