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
        #expect(GoodbyePace(clients: clients, window: .milliseconds(milliseconds)).share == share)
    }

    /// Each stays as long as it was told; nobody comes back elsewhere together with many others.
    @Test(arguments: [(20_000, 30), (10_000, 10), (300, 1)])
    func eachIsClosedWhenItsOwnTimeIsOverAndTheTimesAreSpread(clients: Int, seconds: Int64) {
        let window = TimeAmount.seconds(seconds)
        let closing = TimeAmount.seconds(2)
        var now = NIODeadline.uptimeNanoseconds(5_000_000_000)
        let start = now
        let last = start + window - min(closing, .nanoseconds(window.nanoseconds / 4))
        var farewell = Farewell(to: Array(0..<clients), window: window, closing: closing, at: now)
        var generator = SplitMix(state: 7)
        var due: [Int: NIODeadline] = [:]
        var order: [Int] = []
        var closedIn = [Int](repeating: 0, count: 10)
        var closed = 0
        while true {
            for action in farewell.actions(at: now, using: &generator) {
                switch action {
                case .tell(let client, let milliseconds):
                    order.append(client)
                    due[client] = now + .milliseconds(Int64(milliseconds))
                    #expect(now - start <= .nanoseconds(window.nanoseconds / 2))
                case .close(let client):
                    let promised = min(due[client] ?? .distantFuture, last)
                    // A look every few milliseconds, and no more at a time than a turn takes.
                    #expect(promised <= now && now <= promised + .milliseconds(200))
                    closed += 1
                    closedIn[Int((now - start).nanoseconds * 10 / (window.nanoseconds + 1))] += 1
                }
            }
            guard let next = farewell.next(after: now) else { break }
            #expect(next > now)
            now = next
        }
        #expect(order == Array(0..<clients))
        #expect(closed == clients)
        #expect(now <= start + window)
        if seconds > 1 {
            // Were all of them to come at the same moment, it would be ten times as many as on average.
            #expect(closedIn.allSatisfy { $0 < clients / 5 }, "\(closedIn)")
        }
    }

    /// No window: told and closed at once, and yet they do not come back all at once.
    @Test func withoutAnyTimeAllAreToldAndClosedAtOnce() {
        let now = NIODeadline.uptimeNanoseconds(1)
        var farewell = Farewell(to: Array(0..<500), window: .zero, closing: .seconds(2), at: now)
        var generator = SplitMix(state: 1)
        var waits: [Int] = []
        var closed = 0
        for action in farewell.actions(at: now, using: &generator) {
            switch action {
            case .tell(_, let milliseconds): waits.append(milliseconds)
            case .close: closed += 1
            }
        }
        #expect(waits.count == 500 && closed == 500 && farewell.next(after: now) == nil)
        #expect(Set(waits).count > 100 && waits.allSatisfy { 0...1000 ~= $0 })
    }

    /// The first to have come are the first to be told. Before the goodbye and behind it, up to the close, they get what they
    /// have subscribed to.
    @Test func clientsAreToldSomeAtATimeAndServedUntilTheyAreClosed() async throws {
        let fixture = EdgeFixture()
        try await fixture.publish(.ticker(1))
        var clients: [TestClient] = []
        for _ in 0..<(2 * GoodbyePace.minimumShare + 10) {
            let client = try await fixture.client()
            try await client.subscribe("ticker:BTCUSDT")
            clients.append(client)
        }
        let gone = try await drain(fixture, window: .seconds(3600))
        var sequence: UInt64 = 1
        for told in [GoodbyePace.minimumShare, 2 * GoodbyePace.minimumShare, clients.count] {
            sequence += 1
            try await fixture.publish(.ticker(sequence))
            let before = told == clients.count ? 2 * GoodbyePace.minimumShare : told - GoodbyePace.minimumShare
            for client in clients[before..<told] {
                #expect(try await client.told().suffix(2) == ["going_away", "update \(sequence)"])
            }
            for client in clients[told...] { #expect(try await client.told().last == "update \(sequence)") }
            await fixture.advance(GoodbyePace.interval)
        }
        // Within an hour each is let go, whatever it does.
        await fixture.advance(.seconds(3600))
        for client in clients {
            #expect(try await client.told().last == "close 1001 Server going away")
            try await client.send(bytes: WebSocketClientFrame.close(1001))
        }
        try await gone.get()
    }

    @Test func whoLeavesBeforeItsTurnIsNotWaitedFor() async throws {
        let fixture = EdgeFixture()
        var clients: [TestClient] = []
        for _ in 0..<(GoodbyePace.minimumShare + 1) { clients.append(try await fixture.client()) }
        let gone = try await drain(fixture, window: .seconds(10))
        for client in clients { try await client.disconnect() }
        await fixture.advance(GoodbyePace.interval)
        try await gone.get()
    }

    /// It goes when it has a place elsewhere: with the notice it may go at once, and the node ends before its time is up.
    @Test func whoGoesWhenItIsToldIsNotWaitedFor() async throws {
        let fixture = EdgeFixture()
        let client = try await fixture.client()
        try await client.subscribe("ticker:BTCUSDT")
        let gone = try await drain(fixture, window: .seconds(3600))
        #expect(try await client.told() == ["going_away"])
        try await client.send(#"{"op":"ping"}"#)
        #expect(try await client.told() == ["pong"])
        try await client.send(bytes: WebSocketClientFrame.close(1000))
        #expect(try await client.told() == ["close 1000 "])
        try await gone.get()
    }

    private func drain(_ fixture: EdgeFixture, window: TimeAmount) async throws -> EventLoopFuture<Void> {
        let port = fixture.ports[0]
        let gone = fixture.loops[0].makePromise(of: Void.self)
        try await fixture.loops[0].executeInContext {
            port.shard.value.clients.drain(window: window) { gone.succeed() }
        }
        return gone.futureResult
    }

    private struct SplitMix: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }
}
