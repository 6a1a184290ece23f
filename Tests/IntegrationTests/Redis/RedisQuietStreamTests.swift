import NIOCore
import NIOPosix
import RedisStores
import Stores
import TestSupport
import Testing

@testable import EdgeNode
@testable import Ingestor

extension RedisIntegration {
    @Suite("What Redis Pub/Sub loses of a quiet stream reaches clients all the same")
    struct RedisQuietStreamTests {
        private let names = StoreNames(brand: "t")

        private func broker(_ port: Int) throws -> RedisBroker {
            RedisBroker(
                try RedisConnector(url: RedisURL("redis://127.0.0.1:\(port)")),
                names: names,
                group: .singletonMultiThreadedEventLoopGroup,
                logger: CollectedLog().logger
            )
        }

        private func withQuietStream(
            _ body: (QuietStreams, Publisher, SwallowingProxy) async throws -> Void
        ) async throws {
            try await RedisServer.with { server in
                let broker = try broker(server.port)
                try await SwallowingProxy.with(SwallowingProxy.redis, to: server.port) { proxy in
                    let nodes = try self.broker(proxy.port)
                    try await QuietStreams.with(broker, node: nodes) { quiet, publisher in
                        publisher.enqueue([quiet.publication(1)])
                        _ = await quiet.heard(1)
                        try await body(quiet, publisher, proxy)
                    }
                    await nodes.close()
                }
                await broker.close()
            }
        }

        @Test func theLastMessageOfAQuietStreamIsFoundMissing() async throws {
            try await withQuietStream { quiet, publisher, proxy in
                proxy.swallowNext(
                    "message\r\n$\(names.channel(quiet.stream).utf8.count)\r\n\(names.channel(quiet.stream))"
                )
                publisher.enqueue([quiet.publication(2)])
                #expect(await quiet.heard(2) < .seconds(3))
                #expect(proxy.swallowed == 1)
                #expect(quiet.sequences == ["1", "2"])
            }
        }

        /// Redis has forgotten a subscription, and nobody has told the node.
        @Test func aSubscriptionThatWentDeafIsFoundAndMadeAnew() async throws {
            try await withQuietStream { quiet, publisher, proxy in
                let channel = names.channel(quiet.stream)
                proxy.swallowNext("unsubscribe")
                try await proxy.sayToServer("UNSUBSCRIBE \(channel)\r\n")
                while proxy.swallowed == 0 { try await Task.sleep(for: .milliseconds(5)) }
                publisher.enqueue([quiet.publication(2)])
                #expect(await quiet.heard(2) < .seconds(3))
                publisher.enqueue([quiet.publication(3)])
                _ = await quiet.heard(3)
                #expect(quiet.node.foundBehind == 1, "the last came live")
                #expect(quiet.sequences == ["1", "2", "3"])
            }
        }
    }
}
