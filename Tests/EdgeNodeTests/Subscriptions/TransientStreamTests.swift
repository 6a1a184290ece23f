import Core
import NIOCore
import Platform
import Stores
import Synchronization
import Testing

@testable import EdgeNode

/// Streams without numbers: told at most once, and nothing is told of what was missed.
@Suite("A stream of class transient", .timeLimit(.minutes(10)))
struct TransientStreamTests {
    private let broker = HeldBroker()
    private let reads = HeldHistory()
    private let fixture: EdgeFixture

    init() throws {
        let kinds = [
            StreamKind(try StreamPattern("presence.{word}"), .transient),
            StreamKind(try StreamPattern("news.{word}"), .event),
        ]
        fixture = EdgeFixture(catalog: PatternCatalog(kinds), broker: broker, reads: reads) { $0.outbox.bytes = 3 }
    }

    private func publish(_ data: String, epoch: UInt64 = 1) async throws {
        try await fixture.publish(.of("presence.room", 0, epoch: epoch, .transient, data: data))
    }

    @Test func itsFramesHaveNoNumberAndItsReplyNoPosition() async throws {
        let (op, action) = (try await fixture.client(), try await fixture.client())
        try await op.send(#"{"op":"subscribe","args":["presence:room"]}"#)
        let reply = try TestReply(in: try await op.awaitTexts())
        #expect(reply.positions.isEmpty)
        try await action.send(#"{"action":"subscribe","streams":["presence.room"]}"#)
        _ = try await action.awaitTold()
        try await publish(#"{"in":1}"#, epoch: 7)
        let data = #""type":"transient","data":{"in":1},"timestamp":1704063600000"#
        #expect(
            try await op.awaitTexts() == [#"{"stream":"tidegate.presence.room",\#(data),"source":"tidegate"}"#]
        )
        #expect(try await action.awaitTexts() == [#"{"stream":"presence.room",\#(data)}"#])
    }

    @Test func whoJoinsLaterIsToldNothingOfWhatWasAndTheHistoryIsNotAsked() async throws {
        let first = try await fixture.client()
        try await first.subscribe("presence:room")
        try await publish("{}")
        #expect(try await first.awaitTold() == ["transient"])
        let second = try await fixture.client()
        #expect(try await second.subscribe("presence:room") == ["subscribe presence:room"])
        try await publish("{}")
        #expect(try await second.awaitTold() == ["transient"])
        #expect(fixture.hub.counters.historyReads.get() == 0)
        #expect(try await reads.read(try StreamName(canonical: "presence.room"), from: 0, limit: 9) == HistorySlice())
    }

    @Test func aResumeBringsItsSubscriptionBackAndNothingElse() async throws {
        let client = try await fixture.client()
        try await client.send(#"{"op":"subscribe","args":["presence:room"]}"#)
        let token = try #require(try TestReply(in: try await client.awaitTexts()).anyToken)
        #expect(try TestReply.positions(in: token).isEmpty)
        try await publish("{}")
        for request in [
            #"{"op":"resume","token":"\#(token)"}"#,
            #"{"op":"resume","positions":{"presence.room":{"epoch":1,"sequence":0}}}"#,
            #"{"op":"resume","args":["presence.room"],"lastSequence":5}"#,
        ] {
            let other = try await fixture.client()
            try await other.send(request)
            #expect(try await other.awaitTold() == ["resumed presence.room not unknown"])
            try await publish("{}")
            #expect(try await other.awaitTold() == ["transient"])
        }
        #expect(fixture.hub.counters.historyReads.get() == 0)
    }

    /// Authors may be several, and none knows of the others: nothing is stale, nothing repeats, nothing is missing.
    @Test func noGapIsEverToldWhateverWasLost() async throws {
        let client = try await fixture.client()
        try await client.subscribe("presence:room")
        try await publish("{}", epoch: 9)
        try await publish("{}", epoch: 2)
        try await publish("{}", epoch: 2)
        #expect(try await client.awaitTold(3) == ["transient", "transient", "transient"])
        let stream = try StreamName(canonical: "presence.room")
        for loss in [BrokerLoss.everything, .stream(stream), .publication(stream, Position(epoch: 9, sequence: 4))] {
            fixture.hub.mayHaveMissed(loss)
        }
        #expect(!fixture.hub.isHealing)
        try await publish("{}", epoch: 2)
        #expect(try await client.awaitTold() == ["transient"])
        #expect(fixture.hub.counters.historyReads.get() == 0)
    }

    @Test func aSlowClientIsNotGivenItAndIsNotClosed() async throws {
        let client = try await fixture.client()
        try await client.subscribe("presence:room")
        try await client.stopReading()
        try await publish("{}")
        try await publish("{}")
        try await fixture.until { fixture.counters[0].transientDropped.get() == 2 }
        try await client.readOn()
        #expect(try await client.told().isEmpty)
        try await publish("{}")
        #expect(try await client.awaitTold() == ["transient"])
        #expect(client.isOpen)
    }

    @Test func aMessageOfTheOtherSortIsNoneOfItsStream() async throws {
        let client = try await fixture.client()
        try await client.subscribe("presence:room", "news:de")
        try await fixture.publish(.of("presence.room", 1), .of("news.de", 0, .transient))
        try await fixture.publish(.of("presence.room", 0, .transient), .of("news.de", 1))
        #expect(try await client.awaitTold(2) == ["transient", "update 1 @1"])
        #expect(fixture.hub.counters.impossible.get() == 2)
    }
}
