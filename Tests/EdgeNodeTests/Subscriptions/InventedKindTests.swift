import BybitCatalog
import Core
import NIOCore
import Testing

@testable import EdgeNode

/// Kinds that no line of the node knows: it serves them by what the catalog says of them.
@Suite("A kind of streams that only the catalog knows", .timeLimit(.minutes(10)))
struct InventedKindTests {
    private let fixture: EdgeFixture

    /// A node on which next to nothing may wait for a client.
    private let tight: EdgeFixture

    init() throws {
        fixture = EdgeFixture(catalog: try Self.catalog)
        tight = EdgeFixture(catalog: try Self.catalog) { $0.outbox.bytes = 3 }
    }

    private static var catalog: CompositeCatalog {
        get throws {
            CompositeCatalog([
                BybitCatalog(),
                PatternCatalog([
                    StreamKind(try StreamPattern("heat.{1..9}.{word}"), .event),
                    StreamKind(try StreamPattern("mood.{word}"), .latest),
                    StreamKind(try StreamPattern("secret.{word}"), .event, access: .owner("somebody")),
                ]),
            ])
        }
    }

    private func publish(
        _ sequence: UInt64,
        of stream: String = "heat.3.berlin",
        on node: EdgeFixture? = nil
    ) async throws {
        try await (node ?? fixture).publish(.of(stream, sequence))
    }

    @Test func isServedInEachDialectUnderItsName() async throws {
        let (op, action) = (try await fixture.client(), try await fixture.client())
        #expect(try await op.subscribe("heat:3:berlin", "heat.3.berlin") == ["subscribe heat:3:berlin heat.3.berlin"])
        try await action.send(#"{"action":"subscribe","streams":["heat.3.berlin"]}"#)
        #expect(try await action.awaitTold() == ["subscribed heat.3.berlin"])
        try await publish(1)
        let data = #""type":"update","seq":1,"epoch":1,"data":{"price":"1.5"},"timestamp":1704063600000"#
        #expect(
            try await op.awaitTexts() == [#"{"stream":"tidegate.heat.3.berlin",\#(data),"source":"tidegate"}"#]
        )
        #expect(try await action.awaitTexts() == [#"{"stream":"heat.3.berlin",\#(data)}"#])
    }

    @Test func whatIsNoneOfItIsRejectedInWords() async throws {
        let client = try await fixture.client()
        try await client.send(#"{"op":"subscribe","args":["heat:10:berlin","cold:1:x","secret:plan"]}"#)
        let text = try #require(try await client.awaitTexts().first)
        #expect(text.contains("Invalid heat stream: heat:10:berlin. Expected one of ['heat.{1..9}.{word}']"))
        let types = "'depth', 'heat', 'kline', 'liquidation', 'mood', 'secret', 'ticker', 'trade'"
        #expect(text.contains("Invalid stream type: cold. Expected one of [\(types)]"))
        #expect(text.contains("secret:plan is not for this connection: its credentials don't grant it"))
    }

    @Test func isResumedWithItsTokenAndItsPositions() async throws {
        let client = try await fixture.client()
        try await client.send(#"{"op":"subscribe","args":["heat:3:berlin"]}"#)
        _ = try await client.awaitTold()
        for sequence in UInt64(1)...2 { try await publish(sequence) }
        #expect(try await client.awaitTold(2) == ["update 1 @1", "update 2"])
        try await client.send(#"{"op":"subscribe","args":["heat:3:berlin"]}"#)
        let token = try #require(try TestReply(in: try await client.awaitTexts()).anyToken)
        for sequence in UInt64(3)...4 { try await publish(sequence) }
        let other = try await fixture.client()
        try await other.send(#"{"op":"resume","token":"\#(token)"}"#)
        #expect(try await other.awaitTold(3) == ["resumed heat.3.berlin 3...4", "update 3", "update 4"])
        let third = try await fixture.client()
        try await third.send(#"{"op":"resume","positions":{"heat:3:berlin":{"epoch":1,"sequence":3}}}"#)
        #expect(try await third.awaitTold(2) == ["resumed heat:3:berlin 4...4", "update 4"])
    }

    @Test func isToldGapsOf() async throws {
        let client = try await fixture.client()
        try await client.subscribe("heat:3:berlin")
        try await publish(1)
        try await fixture.publishLiveOnly(.of("heat.3.berlin", 4))
        #expect(try await client.awaitTold(3) == ["update 1 @1", "gap 2...3 edge", "update 4 @1"])
        try await fixture.publish(.of("heat.3.berlin", 5, .gap(.upstream), data: ""))
        #expect(try await client.awaitTold() == ["gap 5...5 upstream"])
    }

    @Test func eventsThatDoNotFitAreNeverThinned() async throws {
        let client = try await tight.client()
        try await client.subscribe("heat:3:berlin")
        try await client.stopReading()
        try await publish(1, on: tight)
        try await publish(2, on: tight)
        try await client.readOn()
        #expect(try await client.told().map { $0.prefix(10) } == ["close 4008"])
    }

    @Test func statesAreConflatedForASlowClientAndAtARate() async throws {
        try await publish(1, of: "mood.berlin", on: tight)
        let (slow, rare) = (try await tight.client(), try await tight.client())
        #expect(try await slow.subscribe("mood:berlin") == ["subscribe mood:berlin", "snapshot 1 @1"])
        _ = try await rare.subscribe(#"{"stream":"mood:berlin","maxRate":1}"#)
        try await slow.stopReading()
        for sequence in UInt64(2)...4 { try await publish(sequence, of: "mood.berlin", on: tight) }
        try await slow.readOn()
        #expect(try await slow.told() == ["update 2...4 @1"])
        #expect(try await rare.told().isEmpty)
        await tight.advance(.seconds(1))
        #expect(try await rare.told() == ["update 2...4 @1"])
    }
}
