import Core
import NIOCore
import NIOEmbedded
import Platform
import Testing

@testable import EdgeNode

/// What a client is told and does not read costs the node no more than its outbox may hold.
@Suite struct UnreadReplyTests {
    @Test func ofManyPongsTheNewestWait() async throws {
        let fixture = EdgeFixture()
        let client = try await fixture.client()
        try await client.stopReading()
        for number in 0..<900 {
            let payload = Array("\(number)".utf8)
            try await client.send(bytes: WebSocketClientFrame.ping(payload + Array(repeating: 32, count: 120)))
        }
        #expect(fixture.counters[0].backlogBytes.get() < 1000)
        try await client.readOn()
        let told = try await client.told()
        #expect(told.count == WaitingFrames.mostPongs)
        #expect(told.last?.hasPrefix("PONG 899 ") == true)
    }

    @Test func pongsAndAPingOfOursWaitBesideOneAnother() async throws {
        let fixture = EdgeFixture()
        let client = try await fixture.client()
        try await client.stopReading()
        for name in 65...70 as ClosedRange<UInt8> { try await client.send(bytes: WebSocketClientFrame.ping([name])) }
        try await fixture.loops[0].executeInContext {
            fixture.ports[0].shard.value.clients.all[0].sendKeepAlive(at: .uptimeNanoseconds(0))
        }
        try await client.send(bytes: WebSocketClientFrame.ping([90]))
        try await client.readOn()
        #expect(try await client.told() == ["PONG A", "PONG B", "PONG C", "PING", "PONG Z"])
    }

    @Test(arguments: [
        #""op":"subscribe""#, #""op":"resume""#, #""action":"subscribe""#, #""action":"resume""#,
    ])
    func aReplyThatIsLongerThanTheOutboxIsAnErrorAndNothingIsDone(request: String) async throws {
        let fixture = EdgeFixture { $0.outbox.bytes = 65_536 }
        let client = try await fixture.client()
        // A backslash is two, and an unprintable name is repeated with its reason.
        let bad = (0..<900).map { #""bad\#($0)\\\\\\\\\\\\\\\\\\\\\\\\""# }.joined(separator: ",")
        let key = request.contains("action") ? "streams" : "args"
        try await client.send(#"{\#(request),"\#(key)":["trade.BTCUSDT",\#(bad)],"id":7}"#)
        try await fixture.until { try await client.told() == ["error LIMIT_EXCEEDED"] }
        #expect(fixture.counters[0].subscriptions.get() == 0)
        // It goes on.
        try await client.send(#"{"op":"subscribe","args":["trade:BTCUSDT"]}"#)
        #expect(try await client.awaitTold() == ["subscribe trade:BTCUSDT"])
    }

    @Test(arguments: ["subscribe", "resume"])
    func aRequestOfThousandsIsRefusedWhole(operation: String) async throws {
        let fixture = EdgeFixture()
        let client = try await fixture.client()
        let many = Array(repeating: #""x""#, count: 5000).joined(separator: ",")
        try await client.send(#"{"op":"\#(operation)","args":[\#(many)]}"#)
        #expect(try await client.told() == ["error LIMIT_EXCEEDED"])
    }

    @Test func theNextRequestWaitsUntilTheReplyToTheLastIsOut() async throws {
        let fixture = EdgeFixture {
            $0.outbox.bytes = 65_536
            $0.maximumMessageRate = 1000
        }
        let client = try await fixture.client()
        try await client.stopReading()
        let bad = (0..<100).map { #""bad\#($0)""# }.joined(separator: ",")
        for id in 0..<200 { try await client.send(#"{"op":"subscribe","args":[\#(bad)],"id":\#(id)}"#) }
        #expect(fixture.counters[0].backlogBytes.get() > 1000)
        #expect(fixture.counters[0].backlogBytes.get() < 65_536)
        try await client.readOn()
        // None is lost.
        var ids: [String] = []
        try await fixture.until {
            ids += try await client.texts().compactMap {
                $0.split(separator: #""id":"#).last.map { String($0.dropLast()) }
            }
            return ids.count >= 200
        }
        #expect(ids == (0..<200).map { "\($0)" })
    }

    @Test func aGapThatDoesNotFitIsTreatedAsATradeThatDoesNot() async throws {
        let fixture = EdgeFixture { $0.outbox.bytes = 500 }
        let client = try await fixture.client()
        try await client.subscribe("trade:BTCUSDT")
        try await client.stopReading()
        for sequence in 1...50 as ClosedRange<UInt64> { try await fixture.publish(.trade(sequence, .gap(.upstream))) }
        #expect(fixture.counters[0].backlogBytes.get() < 1000)
        try await client.readOn()
        #expect(try await client.told().map { $0.prefix(10) } == ["close 4008"])
    }
}
