import NIOCore
import NIOEmbedded
import Testing

@testable import EdgeNode

@Suite struct FarewellTests {
    @Test(arguments: [
        // In a long window as few at a time as make a turn worthwhile; in a short one so many that half of it is enough.
        (1, 10_000, 50), (15_000, 10_000, 50), (15_000, 1_000, 150), (15_000, 100, 1500), (15_000, 5, 15_000),
        (15_000, 0, 15_000), (100_001, 10_000, 101),
    ])
    func allAreToldWithinHalfOfTheWindow(clients: Int, milliseconds: Int64, share: Int) {
        #expect(Farewell.share(of: clients, in: .milliseconds(milliseconds)) == share)
    }

    /// The first to have come are the first to be told. Those that are still to be told go on to get what they have
    /// subscribed to, up to the goodbye.
    @Test func clientsAreToldSomeAtATimeAndServedUntilThen() async throws {
        let fixture = EdgeFixture()
        try await fixture.publish(.ticker(1))
        var clients: [TestClient] = []
        for _ in 0..<(2 * Farewell.minimumShare + 10) {
            let client = try await fixture.client()
            try await client.subscribe("ticker:BTCUSDT")
            clients.append(client)
        }
        let port = fixture.ports[0]
        let gone = fixture.loops[0].makePromise(of: Void.self)
        try await fixture.loops[0].executeInContext {
            port.shard.value.clients.drain(window: .seconds(10)) { gone.succeed() }
        }
        var sequence: UInt64 = 1
        let goodbye = ["going_away", "close 1001 Server going away"]
        for told in [Farewell.minimumShare, 2 * Farewell.minimumShare, clients.count] {
            sequence += 1
            try await fixture.publish(.ticker(sequence))
            let before = told == clients.count ? 2 * Farewell.minimumShare : told - Farewell.minimumShare
            for client in clients[before..<told] { #expect(try await client.told().suffix(2) == goodbye) }
            for client in clients[told...] { #expect(try await client.told().last == "update \(sequence)") }
            await fixture.advance(Farewell.interval)
        }
        for client in clients { try await client.send(bytes: WebSocketClientFrame.close(1001)) }
        try await gone.futureResult.get()
    }

    @Test func whoLeavesBeforeItsTurnIsNotWaitedFor() async throws {
        let fixture = EdgeFixture()
        var clients: [TestClient] = []
        for _ in 0..<(Farewell.minimumShare + 1) { clients.append(try await fixture.client()) }
        let port = fixture.ports[0]
        let gone = fixture.loops[0].makePromise(of: Void.self)
        try await fixture.loops[0].executeInContext {
            port.shard.value.clients.drain(window: .seconds(10)) { gone.succeed() }
        }
        for client in clients { try await client.disconnect() }
        await fixture.advance(Farewell.interval)
        try await gone.futureResult.get()
    }
}
