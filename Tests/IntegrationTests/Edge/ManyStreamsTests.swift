import Core
import EdgeNode
import NIOCore
import NIOPosix
import Platform
import RedisStores
import StoreContracts
import Stores
import TestSupport
import Testing

extension RedisIntegration {
    /// A node whose clients want ten thousand streams.
    @Suite struct ManyStreamsTests {
        private static let count = 10_000
        private static let perRequest = 1000

        @Test func tenThousandActiveStreamsOnOneNodeWork() async throws {
            try await RedisServer.with { server in
                let logger = CollectedLog().logger
                let group = MultiThreadedEventLoopGroup.singleton
                let names = StoreNames(brand: "tidegate")
                let broker = RedisBroker(try server.connector(), names: names, group: group, logger: logger)
                let client = try server.client()
                let history = RedisHistory(client, names: names, retention: Retention(), logger: logger)
                let outlet = RedisOutlet(client, names: names, retention: Retention())
                let streams = try (0..<Self.count).map { try StreamName(canonical: "ticker.S\($0)USDT") }
                try await outlet.deliver(streams.map { ContractPublications.publication($0, 1, kind: .snapshot) })

                let requests = stride(from: 0, to: Self.count, by: Self.perRequest).map { start in
                    let names = streams[start..<start + Self.perRequest].map { "\"\($0.canonical)\"" }
                    return #"{"op":"subscribe","args":[\#(names.joined(separator: ","))]}"#
                }
                try await RunningNode.with(broker: broker, history: history) {
                    $0.connection.maximumSubscriptions = Self.count
                    $0.connection.outbox.bytes = 64 << 20
                    // The machine may be busy with other tests.
                    $0.connection.activationTimeout = .seconds(60)
                } _: { node in
                    let collector = StreamCollector(requests: requests)
                    let started = ContinuousClock.now
                    _ = try await WebSocketClient(group: group)
                        .connect(to: WebSocketURL(node.url)) { _ in collector }
                    // A reply for each request, and the state of each stream.
                    let told = await collector.texts.elements(atLeast: requests.count + Self.count)
                    #expect(told.filter { $0.contains(#""success":true"#) }.count == requests.count)
                    #expect(told.filter { $0.contains(#""type":"snapshot""#) }.count == Self.count)
                    print("subscribed \(Self.count) streams in \(ContinuousClock.now - started)")

                    try await outlet.deliver(streams.map { ContractPublications.publication($0, 2) })
                    let all = await collector.texts.elements(atLeast: requests.count + 2 * Self.count)
                    let updates = all.filter { $0.contains(#""type":"update","seq":2"#) }
                    #expect(Set(updates).count == Self.count)
                }
                await broker.close()
                await client.close()
            }
        }
    }
}
