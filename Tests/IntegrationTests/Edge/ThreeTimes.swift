import Core
import NIOCore
import NIOPosix
import Platform
import Stores
import TestSupport
import Testing

@testable import EdgeNode

/// Clients that ask for times, served by two nodes over a real broker: the exchange's and the ingestor's come through it to the
/// microsecond, and each node tells when it made its frames. The same for each broker.
enum ThreeTimes {
    private static let stream = "trade.BTCUSDT"
    private static let key = "0123456789abcdef"
    private static let exchange: Int64 = 1_704_063_600_123

    static func areTold(over broker: any Broker) async throws {
        let history = InProcessHistory()
        try await RunningNode.with(broker: broker, history: history, { $0.resumeTokenKey = key }) { first in
            try await RunningNode.with(broker: broker, history: history, { $0.resumeTokenKey = key }) { second in
                // There has to be a place that a token can name.
                try await first.publish([try publication(1)])
                let start = WallClock.microseconds()
                let (live, token) = try await follow(first)
                #expect(live.map(\.exchange) == [exchange * 1000, exchange * 1000])
                #expect(live.map(\.ingest) == [ingest(2), ingest(3)])
                #expect(live.allSatisfy { $0.sent >= start })
                try await back(at: second, with: token, after: live)
            }
        }
    }

    /// Two clients that ask and one that does not, while two publications come. Answers the times that one was told, and a token in
    /// front of them.
    private static func follow(_ node: RunningNode) async throws -> ([ToldTimes], Substring) {
        let timed = #"{"op":"subscribe","args":["trade:BTCUSDT"],"times":true}"#
        let requests = [timed, timed, #"{"op":"subscribe","args":["trade:BTCUSDT"]}"#]
        let collectors = requests.map { StreamCollector(requests: [$0]) }
        let client = WebSocketClient(group: .singletonMultiThreadedEventLoopGroup)
        var connections: [any Channel] = []
        for collector in collectors {
            connections.append(try await client.connect(to: WebSocketURL(node.url)) { _ in collector })
            _ = await collector.texts.elements(atLeast: 1)
        }
        try await node.publish([try publication(2), try publication(3)])
        var told: [[String]] = []
        for collector in collectors { told.append(await collector.texts.elements(atLeast: 3)) }
        let end = WallClock.microseconds()
        for connection in connections { try? await connection.close() }
        #expect(told[0].dropFirst() == told[1].dropFirst(), "one frame for both, and in it one time of sending")
        #expect(told[2].allSatisfy { !$0.contains(#""times""#) })
        let times = told[0].dropFirst().compactMap { ToldTimes(in: $0) }
        #expect(times.allSatisfy { $0.sent <= end })
        let token = try #require(told[0][0].firstMatch(of: /"token":"([^"]+)"/)).1
        return (times, token)
    }

    /// The other node makes the frames of what was missed anew.
    private static func back(at node: RunningNode, with token: Substring, after live: [ToldTimes]) async throws {
        let collector = StreamCollector(requests: [#"{"op":"resume","token":"\#(token)"}"#])
        let client = WebSocketClient(group: .singletonMultiThreadedEventLoopGroup)
        let connection = try await client.connect(to: WebSocketURL(node.url)) { _ in collector }
        let told = await collector.texts.elements(atLeast: 1 + live.count)
        try? await connection.close()
        let replayed = told.dropFirst().compactMap { ToldTimes(in: $0) }
        #expect(replayed.map(\.exchange) == live.map(\.exchange))
        #expect(replayed.map(\.ingest) == live.map(\.ingest))
        for (again, before) in zip(replayed, live) { #expect(again.sent > before.sent) }
    }

    private static func ingest(_ sequence: UInt64) -> Int64 { exchange * 1000 + 4_000 + Int64(sequence) }

    private static func publication(_ sequence: UInt64) throws -> Publication {
        Publication(
            stream: try StreamName(canonical: stream),
            position: Position(epoch: 7, sequence: sequence),
            kind: .update,
            exchangeTime: exchange,
            ingestTime: ingest(sequence),
            data: ByteBuffer(string: "[]")
        )
    }
}
