import Core
import Platform
import Stores
import Synchronization
import Testing

@testable import EdgeNode

/// What the broker dropped is read from the history before any client sees what comes after it.
@Suite(.timeLimit(.minutes(10))) struct HealingTests {
    private let broker = HeldBroker()
    private let fixture: EdgeFixture

    init() { fixture = EdgeFixture(broker: broker) }

    private func subscribed(to stream: String, at position: Publication) async throws -> TestClient {
        try await fixture.publish(position)
        let client = try await fixture.client()
        try await client.subscribe(stream)
        return client
    }

    /// The history has them; the broker drops them.
    private func lose(_ batch: Publication...) async throws { try await fixture.history.append(batch) }

    @Test(arguments: ["ticker", "trade", "depth"])
    func aHoleThatTheHistoryFillsIsNeverSeen(kind: String) async throws {
        let make: (UInt64, Publication.Kind) throws -> Publication = { sequence, type in
            switch kind {
            case "ticker": try .ticker(sequence, type)
            case "trade": try .trade(sequence, type)
            default: try .depth(sequence, type)
            }
        }
        let client = try await subscribed(to: "\(kind):BTCUSDT", at: make(1, .snapshot))
        try await lose(make(2, .update), make(3, .update))
        try await fixture.publish(make(4, .update))
        try await fixture.publish(make(5, .update))
        #expect(try await client.awaitTold(4) == ["update 2", "update 3", "update 4", "update 5"])
        #expect(fixture.hub.counters.healed.get() == 1)
    }

    @Test func aHoleAcrossAChangeOfLeadersIsFilledToo() async throws {
        let client = try await subscribed(to: "trade:BTCUSDT", at: .trade(1))
        try await lose(.trade(2), .trade(3, epoch: 2))
        try await fixture.publish(.trade(4, epoch: 2))
        #expect(try await client.awaitTold(3) == ["update 2", "update 3 @2", "update 4"])
    }

    @Test func whatTheHistoryHasOnlyInPartIsDeliveredAndTheRestTold() async throws {
        let client = try await subscribed(to: "trade:BTCUSDT", at: .trade(1))
        try await lose(.trade(4))
        try await fixture.publish(.trade(5))
        #expect(try await client.awaitTold(3) == ["gap 2...3 edge", "update 4 @1", "update 5"])
        #expect(fixture.hub.counters.unhealed.get() == 1)
    }

    @Test func aBrokerThatMayHaveDroppedIsCheckedWithoutWaitingForTheNextPublication() async throws {
        let client = try await subscribed(to: "trade:BTCUSDT", at: .trade(1))
        try await lose(.trade(2), .trade(3))
        broker.lose(.everything)
        #expect(try await client.awaitTold(2) == ["update 2", "update 3"])
        try await lose(.trade(4))
        broker.lose(.stream(try StreamName(canonical: "trade.BTCUSDT")))
        #expect(try await client.awaitTold() == ["update 4"])
        try await fixture.publish(.trade(5))
        #expect(try await client.awaitTold() == ["update 5"])
    }

    @Test func aLossWithNothingMissingIsNotNoticed() async throws {
        let client = try await subscribed(to: "trade:BTCUSDT", at: .trade(1))
        for _ in 0..<3 { broker.lose(.everything) }
        try await fixture.publish(.trade(2))
        #expect(try await client.awaitTold() == ["update 2"])
    }

    @Test func aLossWhileTheStreamIsLoadingIsHealedToo() async throws {
        try await fixture.publish(.trade(1))
        broker.hold()
        let client = try await fixture.client()
        try await client.send(#"{"op":"subscribe","args":["trade:BTCUSDT"]}"#)
        try await fixture.until { broker.calls.count == 1 }
        broker.lose(.everything)
        broker.release()
        _ = try await client.awaitTold()
        try await lose(.trade(2))
        try await fixture.publish(.trade(3))
        #expect(try await client.awaitTold(2) == ["update 2", "update 3"])
    }

    @Test func aNumberingThatTheHistoryDoesNotHaveIsGoneOnWith() async throws {
        let client = try await subscribed(to: "ticker:BTCUSDT", at: .ticker(7))
        broker.deliver(try .ticker(2, epoch: 2))
        #expect(try await client.awaitTold(2) == ["gap 8...1 failover", "snapshot 2 @2"])
    }

    /// The history was lost, and the next leader happens to begin with a gap under the number that was the last.
    @Test func aNumberingThatWentBackByNothingIsToldAllTheSame() async throws {
        let client = try await subscribed(to: "trade:BTCUSDT", at: .trade(7))
        broker.deliver(try .trade(7, epoch: 2, .gap(.failover)))
        broker.deliver(try .trade(8, epoch: 2))
        #expect(try await client.awaitTold(2) == ["gap 8...7 failover", "update 8 @2"])
    }

    @Test func aLateJoinerWhileAHoleIsBeingFilledGetsTheStateAndThenTheRest() async throws {
        let client = try await subscribed(to: "ticker:BTCUSDT", at: .ticker(1))
        try await lose(.ticker(2))
        try await fixture.publish(.ticker(3))
        let late = try await fixture.client()
        try await late.subscribe("ticker:BTCUSDT")
        _ = try await client.awaitTold(2)
        try await fixture.publish(.ticker(4))
        #expect(try await client.awaitTold() == ["update 4"])
        #expect(try await late.awaitTold().last == "update 4")
    }
}
