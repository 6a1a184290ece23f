import Testing

@testable import LoadGenerator

/// The client's side of the opening handshake.
@Suite struct HandshakeTests {
    @Test("An upgrade ends where the head ends: frames may stand behind it")
    func accepted() {
        let head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
        #expect(Self.answer(head + "\u{1}\u{2}") == .accepted(length: head.utf8.count))
        for count in 0..<head.utf8.count { #expect(Self.answer(head.utf8.prefix(count)) == .incomplete) }
    }

    @Test("A refusal is told in the server's words")
    func refused() {
        let text = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\n\r\n"
        let words = "HTTP/1.1 503 Service Unavailable | Retry-After: 5"
        #expect(Self.answer(text) == .refused(status: 503, words: words))
        #expect(Self.answer("SSH-2.0\r\n\r\n") == .refused(status: 0, words: "SSH-2.0"))
    }

    @Test("A head without an end is refused")
    func endless() {
        let text = "HTTP/1.1 101 " + String(repeating: "x", count: Handshake.maximumHead)
        guard case .refused(0, _) = Self.answer(text) else { Issue.record("an endless head was taken"); return }
    }

    private static func answer(_ text: String) -> Handshake.Answer { answer(text.utf8.prefix(.max)) }

    private static func answer(_ text: Substring.UTF8View) -> Handshake.Answer {
        Array(text).withUnsafeBytes(Handshake.answer)
    }
}
