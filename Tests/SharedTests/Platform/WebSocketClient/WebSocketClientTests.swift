import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket
import TestSupport
import Testing

@testable import Platform

@Suite("The WebSocket client against a server of NIO's", .timeLimit(.minutes(10)))
struct WebSocketClientTests {
    private typealias Event = RecordingDelegate.Event

    private let events = Inbox<RecordingDelegate.Event>()

    private func client(maximumMessageBytes: Int = 1 << 20) -> WebSocketClient {
        WebSocketClient(
            group: .singletonMultiThreadedEventLoopGroup,
            connectTimeout: .seconds(5),
            maximumMessageBytes: maximumMessageBytes
        )
    }

    private func connect(
        to server: ScriptedWebSocketServer,
        maximumMessageBytes: Int = 1 << 20,
        onOpened: @escaping @Sendable (WebSocketConnection) -> Void = { _ in }
    ) async throws -> any Channel {
        try await client(maximumMessageBytes: maximumMessageBytes)
            .connect(to: WebSocketURL(server.url), headers: [("X-Test", "yes")]) { [events] _ in
                RecordingDelegate(events, onOpened: onOpened)
            }
    }

    private func frame(_ opcode: WebSocketOpcode, _ text: String, fin: Bool = true) -> WebSocketFrame {
        WebSocketFrame(fin: fin, opcode: opcode, data: ByteBuffer(string: text))
    }

    private func closeFrame(_ code: UInt16, _ words: String) -> WebSocketFrame {
        var data = ByteBuffer(integer: code)
        data.writeString(words)
        return WebSocketFrame(fin: true, opcode: .connectionClose, data: data)
    }

    @Test func asksForTheTargetAndTellsTheDelegateBeforeItReturns() async throws {
        let server = try await ScriptedWebSocketServer(.upgrade([]))
        let channel = try await connect(to: server)
        #expect(events.elements == [.opened])
        let head = try #require(await server.heads.elements(atLeast: 1).first)
        #expect(head.uri == "/ws?key=1")
        #expect(head.headers["X-Test"] == ["yes"])
        #expect(head.headers["Host"].first?.hasPrefix("127.0.0.1:") == true)
        try await channel.close()
        try await server.stop()
    }

    @Test func putsFragmentsTogetherAroundAPingThatItAnswers() async throws {
        let server = try await ScriptedWebSocketServer(
            .upgrade([
                frame(.text, "one"), frame(.text, "fra", fin: false), frame(.continuation, "gmen", fin: false),
                frame(.ping, "are you there"), frame(.continuation, "ted"), frame(.binary, "bytes"), frame(.text, ""),
            ])
        )
        let channel = try await connect(to: server)
        let expected: [Event] = [.opened, .received("one"), .received("fragmented"), .received("bytes"), .received("")]
        #expect(await events.elements(atLeast: expected.count) == expected)
        let pong = try #require(await server.frames.elements(atLeast: 1).first)
        #expect(pong.opcode == .pong)
        #expect(pong.maskKey != nil)
        #expect(String(buffer: pong.unmaskedData) == "are you there")
        try await channel.close()
        try await server.stop()
    }

    @Test func sendsMaskedText() async throws {
        let server = try await ScriptedWebSocketServer(.upgrade([]))
        let channel = try await connect(to: server) { $0.send(text: ByteBuffer(string: #"{"op":"ping"}"#)) }
        let frame = try #require(await server.frames.elements(atLeast: 1).first)
        #expect(frame.opcode == .text && frame.fin && frame.maskKey != nil)
        #expect(String(buffer: frame.unmaskedData) == #"{"op":"ping"}"#)
        try await channel.close()
        try await server.stop()
    }

    @Test(arguments: [(1001, "bye", "closed by the server: 1001 bye"), (1000, "", "closed by the server: 1000")])
    func reportsTheServersCloseAndAnswersIt(code: UInt16, words: String, reason: String) async throws {
        let server = try await ScriptedWebSocketServer(.upgrade([closeFrame(code, words)]))
        _ = try await connect(to: server)
        #expect(await events.elements(atLeast: 2) == [.opened, .closed(reason)])
        let answer = try #require(await server.frames.elements(atLeast: 1).first)
        #expect(answer.opcode == .connectionClose)
        var data = answer.unmaskedData
        #expect(data.readInteger(as: UInt16.self) == code)
        try await server.stop()
    }

    @Test func reportsAnAbruptEnd() async throws {
        let server = try await ScriptedWebSocketServer(.upgrade([frame(.text, "last")], endsAbruptly: true))
        _ = try await connect(to: server) { $0.send(text: ByteBuffer(string: "end")) }
        let expected: [Event] = [.opened, .received("last"), .closed("the connection broke without a close frame")]
        #expect(await events.elements(atLeast: 3) == expected)
        try await server.stop()
    }

    @Test func reportsAMessageBeyondTheBoundAndLivesOn() async throws {
        let server = try await ScriptedWebSocketServer(
            .upgrade([
                frame(.text, String(repeating: "x", count: 17)), frame(.text, String(repeating: "y", count: 16)),
                frame(.text, String(repeating: "a", count: 10), fin: false),
                frame(.continuation, String(repeating: "b", count: 7), fin: false), frame(.continuation, "cc"),
                frame(.text, "small"),
            ])
        )
        let channel = try await connect(to: server, maximumMessageBytes: 16)
        let expected: [Event] = [
            .opened, .oversized(17, beginning: String(repeating: "x", count: 17)),
            .received(String(repeating: "y", count: 16)), .oversized(19, beginning: "aaaaaaaaaabbbbbbbcc"),
            .received("small"),
        ]
        #expect(await events.elements(atLeast: expected.count) == expected)
        try await channel.close()
        try await server.stop()
    }

    @Test func ofAMessageBeyondTheBoundTheFirst512BytesAreKept() async throws {
        let digits = String(repeating: "0123456789", count: 100)
        let parts = [String(digits.prefix(300)), String(digits.dropFirst(300)), digits, digits]
        let server = try await ScriptedWebSocketServer(
            .upgrade([
                frame(.text, digits), frame(.text, parts[0], fin: false), frame(.continuation, parts[1], fin: false),
                frame(.continuation, parts[2], fin: false), frame(.continuation, parts[3]), frame(.text, "small"),
            ])
        )
        let channel = try await connect(to: server, maximumMessageBytes: 400)
        let beginning = String(digits.prefix(512))
        let expected: [Event] = [
            .opened, .oversized(1000, beginning: beginning), .oversized(3000, beginning: beginning), .received("small"),
        ]
        #expect(await events.elements(atLeast: expected.count) == expected)
        try await channel.close()
        try await server.stop()
    }

    @Test func aRefusalGivesItsStatusAndWords() async throws {
        let server = try await ScriptedWebSocketServer(
            .answer("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 9\r\nRetry-After: 5\r\n\r\nfull: 503")
        )
        let error = await #expect(throws: WebSocketClientError.self) { _ = try await connect(to: server) }
        let words = "\(server.url.prefix { $0 != "?" })?… answered HTTP 503 instead of opening a WebSocket: full: 503"
        #expect(error?.description == words)
        #expect(error?.retryAfter == .seconds(5))
        #expect(events.elements.isEmpty)
        try await server.stop()
    }

    @Test(arguments: [ScriptedWebSocketServer.Script.silence, .answer("HTTP/1.1 101 Switching")])
    func aServerThatNeverAnswersWholeDoesNotHoldTheCaller(script: ScriptedWebSocketServer.Script) async throws {
        let server = try await ScriptedWebSocketServer(script)
        let client = WebSocketClient(group: .singletonMultiThreadedEventLoopGroup, connectTimeout: .milliseconds(200))
        await #expect(throws: (any Error).self) {
            _ = try await client.connect(to: WebSocketURL(server.url)) { [events] _ in RecordingDelegate(events) }
        }
        #expect(events.elements.isEmpty)
        try await server.stop()
    }

    @Test func anAddressWhereNobodyListensIsAnError() async throws {
        let server = try await ScriptedWebSocketServer(.silence)
        try await server.stop()
        await #expect(throws: (any Error).self) { _ = try await connect(to: server) }
    }
}
