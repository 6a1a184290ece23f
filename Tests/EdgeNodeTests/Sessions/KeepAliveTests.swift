import NIOCore
import Testing

@testable import EdgeNode

@Suite struct KeepAliveTests {
    private func quiet() -> EdgeFixture { EdgeFixture { $0.pingInterval = .hours(24) } }

    @Test func aClientWithNothingToSayOrToHearIsClosedAsIdle() async throws {
        let fixture = quiet()
        let client = try await fixture.client()
        try await fixture.sweep(seconds: 299)
        #expect(try await client.told().isEmpty)
        try await fixture.sweep()
        #expect(try await client.told() == ["close 4000 Idle timeout"])
    }

    @Test func aClientThatOnlyListensIsNotIdleWhileItReceives() async throws {
        let fixture = quiet()
        let client = try await fixture.client()
        try await client.subscribe("ticker:BTCUSDT")
        for sequence in 1...3 as ClosedRange<UInt64> {
            try await fixture.sweep(seconds: 299)
            try await fixture.publish(.ticker(sequence))
        }
        #expect(try await client.told() == ["snapshot 1 @1", "update 2", "update 3"])
    }

    @Test(arguments: [WebSocketClientFrame.pong(), WebSocketClientFrame.ping(), WebSocketClientFrame.text("{}")])
    func whateverIsHeardKeepsAClientFromBeingIdle(frame: [UInt8]) async throws {
        let fixture = quiet()
        let client = try await fixture.client()
        for _ in 0..<3 {
            try await fixture.sweep(seconds: 299)
            try await client.send(bytes: frame)
        }
        #expect(try await client.told().allSatisfy { !$0.hasPrefix("close") })
        #expect(client.isOpen)
    }

    @Test func aClientThatDoesNotAnswerAPingIsClosed() async throws {
        let fixture = EdgeFixture()
        let client = try await fixture.client()
        try await fixture.sweep(seconds: 19)
        #expect(try await client.told().isEmpty)
        try await fixture.sweep()
        #expect(try await client.told() == ["PING"])
        try await fixture.sweep(seconds: 9)
        #expect(try await client.told().isEmpty)
        try await fixture.sweep()
        #expect(try await client.told() == ["close 1011 keepalive ping timeout"])
    }

    /// Its pong is behind what it has been sent.
    @Test func aClientThatTakesDataIsNotTakenForDead() async throws {
        let fixture = EdgeFixture { ($0.pingInterval, $0.pingTimeout) = (.seconds(2), .seconds(2)) }
        let client = try await fixture.client()
        try await client.subscribe("trade:BTCUSDT")
        try await fixture.sweep(seconds: 2)
        #expect(try await client.told() == ["PING"])
        for sequence in 1...4 as ClosedRange<UInt64> {
            try await client.stopReading()
            try await fixture.publish(.trade(sequence))
            try await fixture.sweep()
            try await client.readOn()
            #expect(try await client.told().count == 1)
        }
        try await fixture.sweep()
        #expect(try await client.told() == ["close 1011 keepalive ping timeout"])
    }

    @Test func aPongIsAnAnswerAndTheNextPingFollows() async throws {
        let fixture = EdgeFixture()
        let client = try await fixture.client()
        for _ in 0..<3 {
            try await fixture.sweep(seconds: 20)
            #expect(try await client.told() == ["PING"])
            try await client.send(bytes: WebSocketClientFrame.pong())
        }
    }

    @Test func pingsAreAnsweredWithTheirPayload() async throws {
        let client = try await quiet().client()
        try await client.send(bytes: WebSocketClientFrame.ping(Array("abc".utf8)))
        #expect(try await client.told() == ["PONG abc"])
    }
}
