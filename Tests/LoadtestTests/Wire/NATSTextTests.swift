import NIOCore
import Testing

@testable import LoadGenerator

/// The protocol of nats-server, as a byte stream that is cut anywhere.
@Suite struct NATSTextTests {
    private static let data = #"{"t":987654321,"n":17,"pad":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}"#
    private static let message = "MSG ticker.LT00042 42 \(data.utf8.count)\r\n\(data)\r\n"

    @Test("A message tells its stream, its number and its time")
    func message() {
        let expected = StreamMessage(stream: 41, sequence: 17, first: 17, time: 987_654_321)
        #expect(Self.next(Self.message + "MSG") == .message(expected, length: Self.message.utf8.count))
    }

    @Test("Cut anywhere, it is not whole yet")
    func cuts() {
        for count in 0..<Self.message.utf8.count {
            #expect(Self.next(Self.message.utf8.prefix(count)) == .incomplete, "\(count) bytes")
        }
    }

    @Test("A message with data of others is passed over")
    func foreign() {
        #expect(Self.next("MSG a 1 2\r\n{}\r\n") == .message(nil, length: 15))
    }

    @Test("What the server says beside messages is told apart")
    func lines() {
        #expect(Self.next("INFO {\"max_payload\":1048576}\r\nPING\r\n") == .info(length: 30))
        #expect(Self.next("PING\r\n") == .ping(length: 6))
        #expect(Self.next("PONG\r\n") == .pong(length: 6))
        #expect(Self.next("+OK\r\n") == .okay(length: 5))
        #expect(Self.next("-ERR 'Slow Consumer'\r\n") == .error("-ERR 'Slow Consumer'", length: 22))
        #expect(Self.next("HTTP/1.1 200 OK\r\n") == .broken)
        #expect(Self.next("MSG a b c\r\n") == .broken)
    }

    private static func next(_ text: String) -> NATSText.Step { next(text.utf8.prefix(.max)) }

    private static func next(_ text: Substring.UTF8View) -> NATSText.Step {
        Array(text).withUnsafeBytes(NATSText.next)
    }
}
