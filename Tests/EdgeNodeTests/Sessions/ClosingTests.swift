import Core
import NIOCore
import NIOEmbedded
import Platform
import Synchronization
import Testing

@testable import EdgeNode

@Suite struct ClosingTests {
    private let fixture = EdgeFixture()

    @Test(arguments: [
        (WebSocketClientFrame.close(1000, "bye"), "close 1000 "), (WebSocketClientFrame.close([]), "close - "),
        (WebSocketClientFrame.close(4999), "close 4999 "),
    ])
    func aClientsCloseIsAnsweredWithItsCodeAndTheSocketIsClosed(frame: [UInt8], answer: String) async throws {
        let client = try await fixture.client()
        try await client.subscribe("ticker:BTCUSDT")
        try await client.send(bytes: frame + WebSocketClientFrame.text(#"{"op":"ping"}"#))
        #expect(try await client.told() == [answer])
        #expect(!client.isOpen)
        #expect(fixture.counters[0].connections.get() == 0)
        #expect(fixture.counters[0].subscriptions.get() == 0)
        #expect(fixture.node.clients.get() == 0)
    }

    @Test(arguments: [
        ([0x81, 0x00], "close 1002"), ([0xC1, 0x80, 0, 0, 0, 0], "close 1002"),
        ([0x83, 0x80, 0, 0, 0, 0], "close 1002"),
        ([0x81, 0x81, 0, 0, 0, 0, 0xFF], "close 1007"), ([0x88, 0x81, 0, 0, 0, 0, 0x03], "close 1002"),
    ])
    func aBrokenRuleIsClosedWithItsCode(bytes: [UInt8], answer: String) async throws {
        let client = try await fixture.client()
        try await client.send(bytes: bytes)
        #expect(try await client.told().map { String($0.prefix(10)) } == [answer])
        #expect(fixture.counters[0].connections.get() == 0)
    }

    @Test func theServersCloseWaitsForTheAnswerAndNothingElseCounts() async throws {
        let fixture = EdgeFixture { $0.idleTimeout = .seconds(1) }
        let client = try await fixture.client()
        try await client.subscribe("ticker:BTCUSDT")
        try await fixture.sweep()
        #expect(try await client.told() == ["close 4000 Idle timeout"])
        #expect(client.isOpen)
        try await fixture.publish(.ticker(1))
        try await client.send(#"{"op":"ping"}"#)
        #expect(try await client.told().isEmpty)
        try await client.send(bytes: WebSocketClientFrame.close(4000))
        #expect(!client.isOpen)
        #expect(try await client.told().isEmpty)
    }

    @Test func aPeerThatDoesNotAnswerACloseIsCutOff() async throws {
        let fixture = EdgeFixture { $0.idleTimeout = .seconds(1) }
        let client = try await fixture.client()
        try await fixture.sweep(seconds: 2)
        #expect(client.isOpen)
        try await fixture.sweep()
        #expect(!client.isOpen)
    }

    /// What is written for one of the streams shows that nobody is there any more: the others must not be joined, for nobody
    /// would ever leave them.
    @Test(arguments: ["subscribe", "resume"])
    func aClientThatIsGoneInTheMiddleOfItsAnswerJoinsNothing(operation: String) async throws {
        let streams = ["ticker.BTCUSDT", "ticker.ETHUSDT", "ticker.SOLUSDT"]
        for stream in streams { try await fixture.publish(.of(stream, 1)) }
        let other = try await fixture.client()
        for stream in streams { try await other.subscribe(stream) }
        let list = streams.map { "\"\($0)\"" }.joined(separator: ",")
        // The log is read, so that the answer comes in one turn.
        try await other.send(#"{"op":"resume","args":[\#(list)]}"#)
        try await fixture.until { try await other.told().contains { $0.hasPrefix("resumed") } }
        let client = try await fixture.client()
        let hook = FlushHook { client.channel.pipeline.fireChannelInactive() }
        try await fixture.loops[0].executeInContext {
            try client.channel.pipeline.syncOperations.addHandler(hook, position: .first)
            client.channel.isWritable = false
        }
        try await client.send(#"{"op":"\#(operation)","args":[\#(list)]}"#)
        #expect(try await fixture.loops[0].executeInContext { hook.hasFired })
        #expect(fixture.counters[0].subscriptions.get() == streams.count)
        #expect(fixture.counters[0].connections.get() == 1)
    }

    /// What it has said behind that in the same breath is not looked at: whatever were begun for it, nobody would end.
    @Test func behindASendThatFailsNothingIsLookedAt() async throws {
        let client = try await fixture.client()
        let hook = FlushHook { client.channel.pipeline.fireChannelInactive() }
        try await fixture.loops[0].executeInContext {
            try client.channel.pipeline.syncOperations.addHandler(hook, position: .first)
        }
        // The reply repeats it all, and is sent before the next message is looked at.
        let name = String(repeating: "x", count: 1000)
        let names = (0..<50).map { "\"\($0)\(name)\"" }.joined(separator: ",")
        let first = WebSocketClientFrame.text(#"{"op":"subscribe","args":[\#(names)]}"#)
        let second = WebSocketClientFrame.text(#"{"op":"subscribe","args":["ticker:BTCUSDT"]}"#)
        try await client.send(bytes: first + second)
        #expect(try await fixture.loops[0].executeInContext { hook.hasFired })
        let counters = fixture.counters[0]
        #expect(counters.messagesReceived.get() == 1, "the second was looked at")
        #expect(counters.connections.get() == 0 && counters.subscriptions.get() == 0)
        #expect(counters.activeStreams.get() == 0 && counters.confirmed.get() == 0)
    }

    @Test func aDrainTellsEveryClientWhenToComeBackAndCloses() async throws {
        let clients = [try await fixture.client(), try await fixture.client()]
        let port = fixture.ports[0]
        let gone = fixture.loops[0].makePromise(of: Void.self)
        try await fixture.loops[0].executeInContext {
            port.shard.value.clients.drain(window: .seconds(10)) { gone.succeed() }
        }
        for client in clients { #expect(try await client.told() == ["going_away"]) }
        await fixture.advance(.seconds(8))
        for client in clients {
            #expect(try await client.told() == ["close 1001 Server going away"])
            try await client.send(bytes: WebSocketClientFrame.close(1001))
        }
        try await gone.futureResult.get()
    }

    @Test func aClientOfTheGuideIsWelcomedBeforeItsFirstReply() async throws {
        let client = try await fixture.client()
        #expect(try await client.told().isEmpty)
        try await client.send(#"{"type":"subscribe","exchange":"bybit","symbol":"BTCUSDT"}"#)
        #expect(try await client.awaitTold().prefix(1) == ["welcome"])
        try await fixture.until { fixture.counters[0].subscriptions.get() == 1 }
        _ = try await client.told()
        try await client.send(#"{"type":"unsubscribe","exchange":"bybit","symbol":"BTCUSDT"}"#)
        #expect(try await client.told() == ["unsubscribed"])
    }

    @Test func aClientOfTheRootIsWelcomedOnce() async throws {
        let client = try await fixture.client(greeting: .guide)
        #expect(try await client.told() == ["welcome"])
        try await client.send("nonsense")
        #expect(try await client.texts() == [#"{"type":"error","message":"Invalid JSON format"}"#])
    }

    @Test func clientsOfOtherDialectsAreNotWelcomed() async throws {
        let client = try await fixture.client()
        try await client.send(#"{"action":"ping"}"#)
        try await client.send("nonsense")
        #expect(try await client.told() == ["pong", "error INVALID_JSON"])
    }

    @Test func aBinaryMessageIsReadAsText() async throws {
        let client = try await fixture.client()
        try await client.send(bytes: WebSocketClientFrame.binary(Array(#"{"op":"ping"}"#.utf8)))
        try await client.send(bytes: WebSocketClientFrame.binary([0xFF, 0xFE]))
        #expect(try await client.told() == ["pong", "error INVALID_JSON"])
    }
}
