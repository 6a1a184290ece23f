import Core
import NIOCore
import Synchronization
import Testing

@testable import EdgeNode

@Suite("Invented names cost their client, and nobody twice")
struct InventedNamesTests {
    private let broker = HeldBroker()
    private let fixture: EdgeFixture

    init() { fixture = EdgeFixture(broker: broker) { $0.linger = .seconds(1) } }

    private func rank(_ stream: String) throws -> Int? {
        fixture.hub.rank(of: try StreamName(canonical: stream))
    }

    @Test func theSameNameIsRefusedFromMemoryWithoutAskingTheBroker() async throws {
        let client = try await fixture.client()
        try await client.subscribe("ticker:NO")
        try await broker.publish([.of("ticker.NO", 0, .refusal, data: "no such symbol")])
        try await fixture.until { broker.calls.contains("-ticker.NO") }
        _ = try await client.told()
        let calls = broker.calls
        let other = try await fixture.client()
        #expect(try await other.subscribe("ticker:NO", "trade:YES") == ["subscribe trade:YES -ticker:NO"])
        #expect(broker.calls == calls + ["+trade.YES"])
    }

    @Test func beyondItsBoundAClientIsToldInWordsAndOthersAreNot() async throws {
        let client = try await fixture.client()
        for round in 0..<2 {
            let names = (0..<100).map { "ticker:N\(round)X\($0)" }
            try await client.send(#"{"op":"subscribe","args":["\#(names.joined(separator: #"",""#))"]}"#)
            _ = try await client.awaitTold()
            try await client.send(#"{"op":"unsubscribe","args":["\#(names.joined(separator: #"",""#))"]}"#)
            _ = try await client.awaitTold()
        }
        try await client.send(#"{"op":"subscribe","args":["ticker:MORE"]}"#)
        let reply = try await client.awaitTexts().joined()
        #expect(reply.contains("Too many streams that nobody has asked for before"))
        let honest = try await fixture.client()
        #expect(try await honest.subscribe("ticker:HONEST") == ["subscribe ticker:HONEST"])
        #expect(try rank("ticker.HONEST") == 1)
        await fixture.advance(.seconds(1))
        #expect(try await client.subscribe("ticker:MORE") == ["subscribe ticker:MORE"])
        #expect(try rank("ticker.MORE") == 200)
    }

    @Test func whoAsksForLittleBringsAStreamForwardForAll() async throws {
        let client = try await fixture.client()
        try await client.subscribe("ticker:A", "ticker:B", "ticker:C")
        #expect(try ["ticker.A", "ticker.B", "ticker.C"].map(rank) == [1, 2, 3])
        let honest = try await fixture.client()
        try await honest.subscribe("ticker:C")
        #expect(try rank("ticker.C") == 1)
    }

    @Test func aStreamThatIsHeardIsGivenBackAndAsksNothingOfAnybody() async throws {
        let client = try await fixture.client()
        try await client.subscribe("ticker:BTCUSDT", "ticker:OTHER")
        try await fixture.publish(.ticker(1))
        _ = try await client.awaitTold()
        #expect(try rank("ticker.BTCUSDT") == 0)
        try await client.subscribe("ticker:THIRD")
        #expect(try rank("ticker.THIRD") == 2, "only OTHER is owed")
    }

    @Test func aStreamOfWhichTheLogKnowsIsHeardAtOnce() async throws {
        try await fixture.publish(.ticker(1))
        let client = try await fixture.client()
        try await client.subscribe("ticker:BTCUSDT")
        #expect(try rank("ticker.BTCUSDT") == 0)
        try await client.subscribe("ticker:OTHER")
        #expect(try rank("ticker.OTHER") == 1)
    }

    @Test func whatNobodyHasHeardDoesNotLinger() async throws {
        let fixture = EdgeFixture(broker: broker) { $0.linger = .seconds(600) }
        try await fixture.publish(.ticker(1))
        let client = try await fixture.client()
        try await client.subscribe("ticker:BTCUSDT", "ticker:OTHER")
        try await client.disconnect()
        try await fixture.sweep()
        try await fixture.until { broker.calls.contains("-ticker.OTHER") }
        #expect(!broker.calls.contains("-ticker.BTCUSDT"))
    }
}
