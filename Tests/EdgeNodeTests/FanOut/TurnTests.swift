import NIOCore
import Stores
import Testing

@testable import EdgeNode

/// A turn of the loop is bounded; what is left over comes in the next, and nothing is lost or disordered by it.
@Suite struct TurnTests {
    @Test func aPublicationToManyLeavesTheLoopToOthersInBetween() async throws {
        let fixture = EdgeFixture()
        try await fixture.publish(.ticker(1))
        var clients: [TestClient] = []
        for _ in 0..<Egress.sendsPerTurn + 1 {
            let client = try await fixture.client()
            try await client.subscribe("ticker:BTCUSDT")
            clients.append(client)
        }
        try await fixture.publish(.ticker(2))
        var later: [TestClient] = []
        for client in clients where try await client.told().isEmpty { later.append(client) }
        #expect(later.count == 1)
        // It comes together with what came meanwhile.
        try await fixture.publish(.ticker(3))
        await fixture.advance(Turns.pause)
        #expect(try await later[0].told() == ["update 2", "update 3"])
        await fixture.advance(Turns.pause)
        for client in clients where client !== later[0] { #expect(try await client.told() == ["update 3"]) }
    }

    @Test func moreThanATurnTakesIsGivenTurnByTurnInOrder() async throws {
        let fixture = EdgeFixture()
        try await fixture.publish(.ticker(1))
        let client = try await fixture.client()
        try await client.subscribe("ticker:BTCUSDT")
        let last = UInt64(2 * Turns.deliveriesPerTurn)
        try await fixture.broker.publish((2...last).map { try .ticker($0) })
        var told = try await client.told()
        #expect(told.count == Turns.deliveriesPerTurn)
        await fixture.advance(Turns.pause)
        told += try await client.told()
        #expect(told == (2...last).map { "update \($0)" })
    }
}
