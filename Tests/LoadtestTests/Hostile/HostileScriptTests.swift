import EdgeNode
import NIOCore
import Testing

@testable import LoadGenerator

/// What hostile clients send is what their names say: read as a node reads it.
@Suite struct HostileScriptTests {
    @Test("Tiny fragments make whole messages of a thousand")
    func fragments() {
        let message = ByteBuffer(string: String(repeating: "x", count: 1000))
        #expect(Self.events(of: TinyFrames(.fragments), ticks: 8) == [.text(message), .text(message)])
    }

    @Test("Tiny frames come 250 at a time, fifty times a second", arguments: [TinyFrames.Kind.messages, .pongs])
    func tiny(_ kind: TinyFrames.Kind) {
        let event: WebSocketReceiver.Event = kind == .pongs ? .pong(ByteBuffer()) : .text(ByteBuffer(string: "x"))
        #expect(Self.events(of: TinyFrames(kind), ticks: 1) == Array(repeating: event, count: 250))
    }

    @Test("Pings without FIN and long ones break the protocol", arguments: [FragmentedPings.Kind.broken, .long])
    func brokenPings(_ kind: FragmentedPings.Kind) {
        let events = Self.events(of: FragmentedPings(kind), ticks: 1)
        guard events.count == 1, case .failure(let code, _) = events[0] else {
            Issue.record("\(events)")
            return
        }
        #expect(code == .protocolError)
    }

    @Test("Pings between the fragments of a message do not")
    func pingsBetween() {
        #expect(Self.events(of: FragmentedPings(.between), ticks: 5) == [.ping(ByteBuffer(string: "p"))])
    }

    @Test("A slow frame is as long as it says, and no message yet after a minute")
    func slowFrame() {
        let script = SlowFrame()
        let bytes = Self.bytes(of: script, ticks: 60 * HostileClient.ticksPerSecond)
        // The header of a masked frame with a length of 16 bits, and a byte each second.
        #expect(bytes.readableBytes == 8 + 60)
        #expect(Self.events(in: bytes) == [])
    }

    @Test("A slow head never ends")
    func slowHead() throws {
        let script = SlowHead(try Endpoint("ws://127.0.0.1:1/ws", schemes: ["ws"]))
        let text = String(buffer: Self.bytes(of: script, ticks: 1000 * HostileClient.ticksPerSecond))
        #expect(text.hasPrefix("GET /ws HTTP/1.1\r\n") && !text.contains("\r\n\r\n"))
    }

    private static func events(of script: any HostileScript, ticks: Int) -> [WebSocketReceiver.Event] {
        events(in: bytes(of: script, ticks: ticks))
    }

    private static func bytes(of script: any HostileScript, ticks: Int) -> ByteBuffer {
        var bytes = ByteBuffer()
        for buffer in script.opened() { bytes.writeImmutableBuffer(buffer) }
        for number in 0..<ticks {
            for buffer in script.ticked(number, at: 1) { bytes.writeImmutableBuffer(buffer) }
        }
        return bytes
    }

    private static func events(in bytes: ByteBuffer) -> [WebSocketReceiver.Event] {
        var (receiver, bytes) = (WebSocketReceiver(maxMessageBytes: 65_536), bytes)
        var events: [WebSocketReceiver.Event] = []
        while let event = receiver.next(from: &bytes) { events.append(event) }
        return events
    }
}
