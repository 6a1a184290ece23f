import NIOCore
import NIOEmbedded
import Testing

@testable import LoadGenerator

/// One client, without a network: what it makes of what a server sends, wherever that is cut.
@Suite struct LoadClientTests {
    private static let accepted = "HTTP/1.1 101 Switching Protocols\r\n\r\n"

    @Test(
        "What a node sends may be cut anywhere, and nothing is lost or counted twice",
        arguments: [1, 2, 7, 100, 1000]
    )
    func cuts(_ length: Int) throws {
        let fixture = try ClientFixture(.tidegate)
        var bytes = Array(Self.accepted.utf8)
        bytes += Self.frame(#"{"action":"subscribed","streams":["ticker.LT00001"],"rejected":null,"positions":{}}"#)
        for number in 1...20 { bytes += Self.frame(Self.update(number)) }
        try fixture.receive(bytes, cutInto: length)
        #expect(fixture.client.phase == .live)
        #expect(fixture.loop.tally.received == 20)
        #expect((fixture.loop.tally.gaps, fixture.loop.tally.repeats, fixture.loop.tally.unreadable) == (0, 0, 0))
        #expect(fixture.client.partial == nil)
    }

    @Test("Of NATS a message may span frames, and frames may be cut", arguments: [1, 5, 64, 1000])
    func nats(_ length: Int) throws {
        let fixture = try ClientFixture(.nats)
        var text = "PONG\r\n"
        for number in 1...10 {
            let data = Self.data(number)
            text += "MSG ticker.LT00001 1 \(data.utf8.count)\r\n\(data)\r\n"
        }
        var bytes = Array(Self.accepted.utf8) + Self.frame("INFO {}\r\n")
        let stream = Array(text.utf8)
        // Each frame ends somewhere in a message, some messages span three of them.
        for start in stride(from: 0, to: stream.count, by: 30) {
            let part = stream[start..<min(start + 30, stream.count)]
            bytes += [0x82, UInt8(part.count)] + part
        }
        try fixture.receive(bytes, cutInto: length)
        #expect(fixture.client.phase == .live)
        #expect((fixture.loop.tally.received, fixture.loop.tally.gaps, fixture.loop.tally.unreadable) == (10, 0, 0))
        let sent = try fixture.sent()
        #expect(sent.contains("SUB ticker.LT00001 1\r\n"))
        #expect(sent.contains("PING\r\n"))
    }

    @Test("Gaps, repeats and told gaps are counted, each as what it is")
    func sequences() throws {
        let fixture = try ClientFixture(.tidegate)
        try fixture.receive(Array(Self.accepted.utf8), cutInto: 1000)
        for text in [
            Self.update(1), Self.update(2), Self.update(2), Self.update(5),
            #"{"action":"gap","stream":"ticker.lt00001","from":6,"to":8,"epoch":1,"reason":"edge"}"#, Self.update(9),
            #"{"nonsense":1}"#,
        ] { try fixture.receive(Self.frame(text), cutInto: 1000) }
        let tally = fixture.loop.tally
        #expect((tally.received, tally.gaps, tally.repeats) == (5, 1, 1))
        #expect((tally.toldGaps, tally.toldMissing, tally.unreadable) == (1, 3, 1))
    }

    @Test("A ping is answered with its own bytes")
    func ping() throws {
        let fixture = try ClientFixture(.tidegate)
        try fixture.receive(Array(Self.accepted.utf8) + [0x89, 3, 0x61, 0x62, 0x63], cutInto: 1000)
        _ = try fixture.sent()
        try fixture.receive([0x89, 3, 0x61, 0x62, 0x63], cutInto: 1000)
        #expect(try fixture.sent() == "\u{8A}\u{83}\0\0\0\0abc")
    }

    @Test("Why a server closed is counted: by its code, or that it said nothing")
    func closing() throws {
        let told = try ClientFixture.live()
        try told.receive([0x88, 2, 0x0F, 0xA8], cutInto: 1000)
        #expect(told.loop.tally.closed == ["4008": 1])
        let silent = try ClientFixture.live()
        try silent.channel.close().wait()
        #expect(silent.loop.tally.closed == ["eof": 1])
    }

    @Test("A cut of its own is none of the server's doing")
    func cut() throws {
        let fixture = try ClientFixture.live()
        fixture.client.cut()
        // It may be coming back already when the end of the old connection is told.
        fixture.client.phase = .connecting
        fixture.channel.pipeline.fireChannelInactive()
        #expect(fixture.loop.tally.closed.isEmpty)
        #expect(fixture.loop.retries == 0)
    }

    @Test("A refused subscription ends the run, with the server's reason")
    func refused() throws {
        let fixture = try ClientFixture(.tidegate)
        let reply =
            #"{"action":"subscribed","streams":[],"rejected":[{"stream":"x","reason":"no such"}],"positions":{}}"#
        try fixture.receive(Array(Self.accepted.utf8) + Self.frame(reply), cutInto: 1000)
        #expect(fixture.loop.failure?.description.contains("no such") == true)
    }

    private static func update(_ number: Int) -> String {
        #"{"stream":"ticker.lt00001","type":"update","seq":\#(number),"data":\#(data(number)),"timestamp":1}"#
    }

    private static func data(_ number: Int) -> String { #"{"t":5,"n":\#(number),"pad":"xxxxxxxxxx"}"# }

    private static func frame(_ text: String) -> [UInt8] {
        let payload = Array(text.utf8)
        let header =
            payload.count < 126 ? [UInt8(payload.count)] : [126, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
        return [0x81] + header + payload
    }
}
