import Core
import NIOCore
import Platform
import Stores
import Synchronization
import TestSupport
import Testing

@testable import EdgeNode

/// Numbers that no leader gives, from stores, ingestors and clients: they are refused and counted, and end nothing.
@Suite(.timeLimit(.minutes(10))) struct ImpossibleNumberTests {
    private static let numbers: [UInt64] = [
        0, 1, 2, 3, 4, 6, Position.highest - 1, Position.highest, 1 << 63, .max - 1, .max,
    ]
    private static let streams = ["ticker.BTCUSDT", "trade.BTCUSDT", "depth.50.BTCUSDT"]

    private static func data(of stream: String) -> String {
        stream.hasPrefix("depth") ? #"{"symbol":"BTCUSDT","bids":[["1","1"]],"asks":[],"updateId":1}"# : "[]"
    }

    private static func publication(_ stream: String, _ position: Position, _ kind: Publication.Kind) throws
        -> Publication
    {
        try .of(stream, position.sequence, epoch: position.epoch, kind, data: data(of: stream))
    }

    @Test(
        arguments: streams,
        [(2, 0), (0, 4), (1, .max), (.max, 4), (.max, .max), (0, 0), (1, 1 << 63)] as [(UInt64, UInt64)]
    )
    func aPublicationThatNoLeaderMadeIsCountedAndChangesNothing(
        on stream: String,
        _ numbers: (epoch: UInt64, sequence: UInt64)
    ) async throws {
        let fixture = EdgeFixture()
        let client = try await fixture.client()
        for sequence in UInt64(1)...3 {
            let position = Position(epoch: 1, sequence: sequence)
            try await fixture.publish(Self.publication(stream, position, sequence == 1 ? .snapshot : .update))
        }
        _ = try await client.subscribe(stream)
        let position = Position(epoch: numbers.epoch, sequence: numbers.sequence)
        for kind in [.snapshot, .update, .gap(.failover)] as [Publication.Kind] {
            try await fixture.publishLiveOnly(Self.publication(stream, position, kind))
        }
        #expect(fixture.hub.counters.impossible.get() == 3)
        _ = try await client.told()
        try await fixture.publish(Self.publication(stream, Position(epoch: 1, sequence: 4), .update))
        #expect(try await client.awaitTold() == ["update 4"])
    }

    @Test(arguments: [0, 1 << 63, .max] as [UInt64])
    func aHeartbeatOfAnEpochThatNoLeaderHasIsNotBelieved(_ epoch: UInt64) {
        let fixture = EdgeFixture()
        #expect(!fixture.beat(epoch: epoch))
        #expect(fixture.ingestor.unreadable == 1)
        #expect(fixture.ingestor.complaint != nil)
        #expect(fixture.beat(epoch: 5), "the leader's is the first that counts")
        #expect(fixture.ingestor.complaint == nil)
    }

    /// Whatever comes in whatever order: the node lives, and a new client is served.
    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func noOrderOfExtremeNumbersEndsANode(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let fixture = EdgeFixture(historyPatience: .milliseconds(1))
        let signer = ResumeTokenSigner(
            secret: "a key of the tests",
            lifetime: .seconds(600),
            maximumMessageBytes: 65536
        )
        let kinds: [Publication.Kind] = [.snapshot, .update, .update, .gap(.upstream), .refusal]
        var client = try await fixture.client()
        func number() -> UInt64 { Self.numbers.randomElement(using: &random) ?? 0 }
        for _ in 0..<120 {
            let stream = Self.streams.randomElement(using: &random) ?? ""
            let position = Position(epoch: number(), sequence: number())
            switch Int.random(in: 0..<8, using: &random) {
            case 0...3:
                let publication = try Self.publication(stream, position, kinds.randomElement(using: &random) ?? .update)
                if publication.isPossible, publication.kind != .refusal, Bool.random(using: &random) {
                    try? await fixture.history.append([publication])
                }
                try await fixture.publishLiveOnly(publication)
            case 4: fixture.beat(epoch: position.epoch)
            case 5:
                let position = #"{"epoch":\#(position.epoch),"sequence":\#(position.sequence)}"#
                try await client.send(#"{"op":"resume","positions":{"\#(stream)":\#(position)}}"#)
            case 6:
                try await client.send(
                    #"{"action":"resume","streams":["\#(stream)"],"lastSequence":\#(position.sequence)}"#
                )
            default:
                let name = try StreamName(canonical: stream)
                let subscription = ResumeToken.Subscription(stream: name, dialect: .op, position: position)
                let token = signer.issue(user: "", subscriptions: [subscription], at: WallClock.milliseconds())
                try await client.send(#"{"op":"resume","token":"\#(token ?? "")"}"#)
            }
            _ = try await client.told()
            if !client.isOpen { client = try await fixture.client() }
        }
        let late = try await fixture.client()
        try await fixture.publish(.of("trade.ETHUSDT", 1, data: "[]"))
        #expect(try await late.subscribe("trade.ETHUSDT").first?.hasPrefix("subscribe ") == true)
    }
}
