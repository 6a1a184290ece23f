import NIOCore
import NIOEmbedded
import Platform
import Testing

@testable import EdgeNode

@Suite("Some clients are told to go, with their tokens, and the others notice nothing")
struct SendAwayTests {
    private func clients(_ count: Int, of fixture: EdgeFixture) async throws -> [TestClient] {
        var clients: [TestClient] = []
        for _ in 0..<count {
            let client = try await fixture.client()
            try await client.subscribe("ticker:BTCUSDT")
            clients.append(client)
        }
        return clients
    }

    private func sendAway(_ count: Int, of fixture: EdgeFixture, window: TimeAmount, keeping floor: Int) async throws {
        let port = fixture.ports[0]
        try await fixture.loops[0].executeInContext {
            port.shard.value.clients.sendAway(count, window: window, keeping: floor)
        }
    }

    @Test func asManyAsAskedGoAndAreServedUntilThen() async throws {
        let fixture = EdgeFixture()
        try await fixture.publish(.ticker(1))
        let clients = try await clients(40, of: fixture)
        try await sendAway(10, of: fixture, window: .seconds(3600), keeping: 0)
        try await fixture.publish(.ticker(2))
        var told = 0
        for client in clients {
            let last = try await client.told().suffix(2)
            if last == ["going_away", "update 2"] { told += 1 } else { #expect(last.last == "update 2") }
        }
        #expect(told == 10)
        await fixture.advance(.seconds(3600))
        var closed = 0
        for client in clients {
            guard try await client.told().last == "close 1001 Server going away" else { continue }
            closed += 1
            try await client.send(bytes: WebSocketClientFrame.close(1001))
        }
        #expect(closed == 10)
        try await fixture.until { fixture.counters[0].connections.get() == 30 }
    }

    /// They come from all over the list, and none is told twice.
    @Test func allMayBeAsked() async throws {
        let fixture = EdgeFixture()
        try await fixture.publish(.ticker(1))
        let clients = try await clients(7, of: fixture)
        try await sendAway(100, of: fixture, window: .seconds(3600), keeping: 0)
        for client in clients {
            let told = try await client.told()
            #expect(told.count { $0 == "going_away" } == 1)
        }
    }

    /// Those that leave by themselves count too.
    @Test func nobodyElseIsToldWhenTheNodeHasFewEnough() async throws {
        let fixture = EdgeFixture()
        let count = 3 * GoodbyePace.minimumShare
        let clients = try await clients(count, of: fixture)
        try await sendAway(count, of: fixture, window: .seconds(3600), keeping: 100)
        var stayed: [TestClient] = []
        for client in clients {
            guard try await client.told().contains("going_away") else {
                stayed.append(client)
                continue
            }
            try await client.disconnect()
        }
        #expect(stayed.count == 100)
        await fixture.advance(.seconds(3600))
        for client in stayed { #expect(try await client.told().isEmpty) }
    }

    @Test func aDrainTakesOver() async throws {
        let fixture = EdgeFixture()
        let clients = try await clients(4, of: fixture)
        try await sendAway(2, of: fixture, window: .seconds(3600), keeping: 0)
        let port = fixture.ports[0]
        let gone = fixture.loops[0].makePromise(of: Void.self)
        try await fixture.loops[0].executeInContext {
            port.shard.value.clients.drain(window: .seconds(10)) { gone.succeed() }
            // It is too late for it.
            port.shard.value.clients.sendAway(4, window: .seconds(3600), keeping: 0)
        }
        await fixture.advance(.seconds(10))
        for client in clients {
            #expect(try await client.told().last == "close 1001 Server going away")
            try await client.send(bytes: WebSocketClientFrame.close(1001))
        }
        try await gone.futureResult.get()
    }
}
