import Core
import NIOCore
import Platform
import Testing

@testable import EdgeNode

@Suite struct RefusalTests {
    private let broker = HeldBroker()
    private let fixture: EdgeFixture

    init() { fixture = EdgeFixture(broker: broker) { $0.linger = .seconds(1) } }

    private func refusal(_ stream: String) throws -> Publication {
        try .of(stream, 0, .refusal, data: "no such symbol")
    }

    @Test func aSubscriptionThatTheExchangeRefusesEndsWithANotice() async throws {
        let client = try await fixture.client()
        try await client.subscribe("tickers.BTCUSDT", "trade:BTCUSDT")
        try await broker.publish([refusal("ticker.BTCUSDT"), .trade(1)])
        let texts = try await client.texts()
        let notice = #"{"arg":"tickers.BTCUSDT","code":"REFUSED","reason":"no such symbol"}"#
        #expect(texts.first == #"{"op":"rejected","rejected":[\#(notice)]}"#)
        #expect(texts.count == 2)
        #expect(fixture.counters[0].subscriptions.get() == 1)
        try await fixture.until { broker.calls.contains("-ticker.BTCUSDT") }
    }

    @Test func whatAFormerLeaderRefusesGoesOn() async throws {
        try await fixture.publish(.trade(1, epoch: 7))
        broker.hold()
        let client = try await fixture.client()
        try await client.send(#"{"op":"subscribe","args":["trade:BTCUSDT"]}"#)
        try await fixture.until { broker.calls.count == 1 }
        let stale = try Publication.of("trade.BTCUSDT", 0, epoch: 6, .refusal, data: "no such symbol")
        broker.deliver(stale)
        broker.release()
        #expect(try await client.awaitTold() == ["subscribe trade:BTCUSDT"])
        broker.deliver(stale)
        try await fixture.publish(.trade(2, epoch: 7))
        #expect(try await client.awaitTold() == ["update 2"])
    }

    @Test func aRequestThatWaitsGetsTheRefusalInItsReplyOncePerSpelling() async throws {
        broker.hold()
        let client = try await fixture.client()
        try await client.send(#"{"op":"subscribe","args":["tickers.NO","ticker:NO","trade:YES"]}"#)
        try await fixture.until { broker.calls.count == 2 }
        broker.deliver(try refusal("ticker.NO"))
        broker.release()
        #expect(try await client.awaitTold() == ["subscribe trade:YES -tickers.NO -ticker:NO"])
    }

    @Test func aStreamThatEndsWhileItsRequestWaitsForAnotherIsAnsweredFor() async throws {
        let client = try await fixture.client()
        let early = try await fixture.client()
        try await early.subscribe("ticker:NO")
        broker.hold()
        try await client.send(#"{"op":"subscribe","args":["ticker:NO","trade:YES"]}"#)
        try await fixture.until { broker.calls.count == 2 }
        broker.deliver(try refusal("ticker.NO"))
        #expect(try await early.told() == ["rejected -ticker:NO"])
        broker.release()
        #expect(try await client.awaitTold() == ["subscribe trade:YES -ticker:NO"])
        #expect(fixture.counters[0].subscriptions.get() == 1)
    }

    @Test func aStreamDoesNotGoWhileARequestForItWaitsForAnother() async throws {
        try await fixture.publish(.ticker(1))
        let early = try await fixture.client()
        try await early.subscribe("ticker:BTCUSDT")
        try await early.disconnect()
        broker.hold()
        let client = try await fixture.client()
        try await client.send(#"{"op":"subscribe","args":["ticker:BTCUSDT","trade:BTCUSDT"]}"#)
        try await fixture.sweep(seconds: 2)
        broker.release()
        #expect(try await client.awaitTold() == ["subscribe ticker:BTCUSDT trade:BTCUSDT", "snapshot 1 @1"])
        try await fixture.publish(.ticker(2))
        #expect(try await client.told() == ["update 2"])
    }

    @Test func aBrokerThatFailsIsToldAndTheNextRequestTriesAgain() async throws {
        broker.fail(true)
        let client = try await fixture.client()
        #expect(try await client.subscribe("ticker:BTCUSDT") == ["subscribe -ticker:BTCUSDT"])
        broker.fail(false)
        #expect(try await client.subscribe("ticker:BTCUSDT") == ["subscribe ticker:BTCUSDT"])
        try await fixture.publish(.ticker(1))
        #expect(try await client.told() == ["snapshot 1 @1"])
    }

    @Test func aBrokerThatDoesNotAnswerIsToldAfterTheTimeout() async throws {
        broker.hold()
        let client = try await fixture.client()
        try await client.send(#"{"op":"subscribe","args":["ticker:BTCUSDT"],"id":1}"#)
        try await client.send(#"{"op":"ping"}"#)
        try await fixture.sweep(seconds: 9)
        #expect(try await client.told().isEmpty)
        try await fixture.sweep(seconds: 1)
        #expect(try await client.told() == ["subscribe -ticker:BTCUSDT", "pong"])
        broker.release()
        #expect(try await client.subscribe("ticker:BTCUSDT") == ["subscribe ticker:BTCUSDT"])
    }
}
