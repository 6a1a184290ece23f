import Core
import NIOCore
import Platform
import Stores
import Synchronization
import Testing

@testable import EdgeNode

/// The last publication of a quiet stream is found missing by what heartbeats tell, and a deaf subscription with it.
@Suite(.timeLimit(.minutes(10))) struct UnheardTests {
    private let broker = HeldBroker()
    private let grace = HeldGrace()
    private let fixture: EdgeFixture

    init() { fixture = EdgeFixture(broker: broker, grace: grace) }

    private func subscribed(to stream: String, at position: Publication) async throws -> TestClient {
        try await fixture.publish(position)
        let client = try await fixture.client()
        try await client.subscribe(stream)
        return client
    }

    private func beat(_ publications: Publication..., epoch: UInt64 = 1) async throws {
        let positions = Dictionary(publications.map { ($0.stream, $0.position) }) { _, last in last }
        let heartbeat = Heartbeat(epoch: epoch, sentAt: 1, upstream: UpstreamStatus(), positions: positions)
        try await broker.send(heartbeat.encoded(), on: .heartbeat)
    }

    private var behind: Int { fixture.hub.counters.behind.get() }

    @Test(arguments: ["ticker", "trade", "depth"])
    func whatTheBrokerDroppedOfAStreamThatThenFellQuietIsDelivered(kind: String) async throws {
        let make: (UInt64, Publication.Kind) throws -> Publication = { sequence, type in
            switch kind {
            case "ticker": try .ticker(sequence, type)
            case "trade": try .trade(sequence, type)
            default: try .depth(sequence, type)
            }
        }
        let client = try await subscribed(to: "\(kind):BTCUSDT", at: make(1, .snapshot))
        try await fixture.history.append([make(2, .update), make(3, .update)])
        try await beat(make(3, .update))
        #expect(try await client.awaitTold(2) == ["update 2", "update 3"])
        let name = try make(1, .update).stream
        #expect(broker.calls == ["+\(name)", "-\(name)", "+\(name)"], "it may be deaf, and is subscribed anew")
        try await fixture.publish(make(4, .update))
        #expect(try await client.awaitTold() == ["update 4"])
        #expect(behind == 1)
    }

    @Test func whatTheHistoryDoesNotHaveEitherIsToldAsAGap() async throws {
        let client = try await subscribed(to: "trade:BTCUSDT", at: .trade(1))
        try await beat(.trade(3))
        #expect(try await client.awaitTold() == ["gap 2...3 edge"])
        try await fixture.publish(.trade(4))
        #expect(try await client.awaitTold() == ["update 4"])
    }

    /// Nobody knows where the stream stood when the client came: what the log has is older than it.
    @Test func whatWasBeforeAnEntryThatCannotBeReadIsNotSentAsNews() async throws {
        let history = HeldHistory()
        let fixture = EdgeFixture(broker: broker, reads: history, grace: grace)
        try await history.append([.trade(1), .trade(2), .trade(3)])
        history.garble()
        let client = try await fixture.client()
        try await client.subscribe("trade:BTCUSDT")
        let name = try Publication.trade(1).stream
        let position = Position(epoch: 2, sequence: 3)
        let heartbeat = Heartbeat(epoch: 2, sentAt: 1, upstream: UpstreamStatus(), positions: [name: position])
        try await broker.send(heartbeat.encoded(), on: .heartbeat)
        while broker.calls.count < 3 { await Task.yield() }
        try await fixture.publish(.trade(4, epoch: 2))
        #expect(try await client.awaitTold() == ["update 4 @2"])
    }

    @Test func ofABookThatLostItsLastChangesTheIngestorIsAskedForTheState() async throws {
        let client = try await subscribed(to: "depth:BTCUSDT", at: .depth(1, .snapshot))
        try await beat(.depth(2))
        #expect(try await client.awaitTold() == ["gap 2...2 edge"])
        try await fixture.publish(.depth(3, .snapshot))
        #expect(try await client.awaitTold() == ["snapshot 3 @1"])
    }

    @Test func whatIsOnlyOnItsWayIsNotMissing() async throws {
        let client = try await subscribed(to: "trade:BTCUSDT", at: .trade(1))
        grace.hold()
        try await beat(.trade(2))
        try await fixture.publish(.trade(2))
        try await beat(.trade(2))
        #expect(try await client.awaitTold() == ["update 2"])
        grace.end()
        // Of what is told, only this is looked for.
        try await fixture.history.append([.trade(3)])
        try await beat(.trade(3))
        #expect(try await client.awaitTold() == ["update 3"])
        #expect(broker.calls == ["+trade.BTCUSDT", "-trade.BTCUSDT", "+trade.BTCUSDT"] && behind == 1)
    }

    @Test func aFormerLeaderAndStreamsThatNobodyWantsSayNothing() async throws {
        let client = try await subscribed(to: "trade:BTCUSDT", at: .trade(5, epoch: 2))
        try await beat(.trade(5, epoch: 2), epoch: 2)
        try await beat(.trade(9), epoch: 1)
        try await beat(.ticker(9), epoch: 2)
        try await fixture.history.append([.trade(6, epoch: 2)])
        try await beat(.trade(6, epoch: 2), epoch: 2)
        #expect(try await client.awaitTold() == ["update 6"])
        #expect(broker.calls == ["+trade.BTCUSDT", "-trade.BTCUSDT", "+trade.BTCUSDT"] && behind == 1)
    }

    @Test func aStreamThatHadNothingWhenItWasSubscribedAndThenLostItsFirst() async throws {
        let client = try await fixture.client()
        try await client.subscribe("trade:BTCUSDT")
        try await fixture.history.append([.trade(1)])
        try await beat(.trade(1))
        #expect(try await client.awaitTold() == ["update 1 @1"])
    }

    @Test func aSubscriptionThatCannotBeMadeAnewIsMadeLater() async throws {
        let client = try await subscribed(to: "trade:BTCUSDT", at: .trade(1))
        try await fixture.history.append([.trade(2)])
        broker.fail(true)
        try await beat(.trade(2))
        #expect(try await client.awaitTold() == ["update 2"])
        broker.fail(false)
        let calls = broker.calls.count
        try await fixture.until { broker.calls.count >= calls + 2 }
        try await fixture.publish(.trade(3))
        #expect(try await client.awaitTold() == ["update 3"])
    }

    /// Nobody tells of it: its history is looked at for as long as it may be deaf.
    @Test func whatComesWhileTheBrokerCannotBeAskedIsReadFromTheHistory() async throws {
        let client = try await subscribed(to: "trade:BTCUSDT", at: .trade(1))
        try await fixture.history.append([.trade(2)])
        broker.fail(true)
        try await beat(.trade(2))
        #expect(try await client.awaitTold() == ["update 2"])
        for sequence in 3...4 {
            try await fixture.history.append([.trade(UInt64(sequence))])
            #expect(try await client.awaitTold() == ["update \(sequence)"])
        }
        broker.fail(false)
        #expect(behind == 1)
    }

    @Test func whatWasTooLargeForTheBrokerIsReadFromTheHistoryAtOnce() async throws {
        let client = try await subscribed(to: "trade:BTCUSDT", at: .trade(1))
        let stream = try StreamName(canonical: "trade.BTCUSDT")
        try await fixture.history.append([.trade(2)])
        broker.lose(.publication(stream, Position(epoch: 1, sequence: 2)))
        #expect(try await client.awaitTold() == ["update 2"])
        broker.lose(.publication(stream, Position(epoch: 1, sequence: 2)))
        broker.lose(.publication(stream, Position(epoch: 1, sequence: 3)))
        #expect(try await client.awaitTold() == ["gap 3...3 edge"], "the history does not have it")
        #expect(broker.calls == ["+trade.BTCUSDT"])
    }
}
