import NIOCore
import Platform
import Testing

@testable import EdgeNode

/// While a request waits for the broker its client is heard all the same.
@Suite struct WaitingRequestTests {
    private let broker = HeldBroker()

    private func waiting(
        _ operation: String,
        settings change: (inout ConnectionSettings) -> Void = { _ in }
    ) async throws -> (EdgeFixture, TestClient) {
        broker.hold()
        let fixture = EdgeFixture(broker: broker) {
            $0.activationTimeout = .hours(1)
            change(&$0)
        }
        let client = try await fixture.client()
        try await client.send(#"{"op":"\#(operation)","args":["trade:BTCUSDT"]}"#)
        return (fixture, client)
    }

    @Test(arguments: ["subscribe", "resume"]) func pingsAreAnswered(operation: String) async throws {
        let (_, client) = try await waiting(operation)
        try await client.send(bytes: WebSocketClientFrame.ping([65]))
        #expect(try await client.told() == ["PONG A"])
        // Also behind a request that waits its turn, and within a message.
        try await client.send(#"{"op":"ping"}"#)
        try await client.send(bytes: WebSocketClientFrame.text(#"{"op":"#, isFinal: false))
        try await client.send(bytes: WebSocketClientFrame.ping([66]))
        #expect(try await client.told() == ["PONG B"])
        try await client.send(bytes: WebSocketClientFrame.continuation(#""ping"}"#, isFinal: true))
        #expect(try await client.told().isEmpty)
        broker.release()
        #expect(try await client.awaitTold(3).suffix(2) == ["pong", "pong"])
    }

    @Test(arguments: ["subscribe", "resume"]) func aCloseIsAnsweredAndNobodyIsJoined(operation: String) async throws {
        let (fixture, client) = try await waiting(operation)
        try await client.send(bytes: WebSocketClientFrame.close(1000))
        #expect(try await client.told() == ["close 1000 "])
        #expect(!client.isOpen)
        broker.release()
        let other = try await fixture.client()
        try await other.subscribe("trade:BTCUSDT")
        #expect(fixture.counters[0].subscriptions.get() == 1)
    }

    @Test func aPongIsHeard() async throws {
        let (fixture, client) = try await waiting("subscribe")
        for _ in 0..<3 {
            try await fixture.sweep(seconds: 20)
            #expect(try await client.told() == ["PING"])
            try await client.send(bytes: WebSocketClientFrame.pong())
        }
    }

    @Test func aBrokenRuleIsClosed() async throws {
        let (_, client) = try await waiting("subscribe")
        try await client.send(bytes: [0x81, 0x00])
        #expect(try await client.told().map { $0.prefix(10) } == ["close 1002"])
    }

    @Test func whatIsAskedMeanwhileIsAnsweredInItsOrder() async throws {
        let (_, client) = try await waiting("subscribe")
        try await client.send(#"{"op":"unsubscribe","args":["trade:BTCUSDT"]}"#)
        try await client.send(#"{"op":"subscribe","args":["trade:ETHUSDT"]}"#)
        try await client.send(#"{"op":"ping"}"#)
        #expect(try await client.told().isEmpty)
        broker.release()
        #expect(
            try await client.awaitTold(4) == [
                "subscribe trade:BTCUSDT", "unsubscribe trade:BTCUSDT", "subscribe trade:ETHUSDT", "pong",
            ]
        )
    }

    @Test func beyondABoundRequestsAreRefusedAndPingsStillAnswered() async throws {
        let (_, client) = try await waiting("subscribe") {
            $0.maximumMessageBytes = 1000
            $0.maximumMessageRate = 1000
        }
        for _ in 0..<40 { try await client.send(#"{"op":"ping"}"#) }
        try await client.send(bytes: WebSocketClientFrame.ping([65]))
        let told = try await client.told()
        #expect(told.last == "PONG A")
        let refused = told.count { $0 == "error RATE_LIMIT_EXCEEDED" }
        #expect(refused == told.count - 1)
        #expect(refused > 0)
        broker.release()
        #expect(try await client.awaitTold(41 - refused).dropFirst().allSatisfy { $0 == "pong" })
        #expect(try await client.told().isEmpty)
    }
}
