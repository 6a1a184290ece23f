import NIOPosix
import RedisStores
import Stores
import TestSupport
import Testing

extension RedisIntegration {
    @Suite struct RedisThreeTimesTests {
        @Test("Clients that ask are told the exchange's, the ingestor's and the node's time over Redis Pub/Sub")
        func areTold() async throws {
            try await RedisServer.with { server in
                let broker = RedisBroker(
                    try RedisConnector(url: RedisURL("redis://127.0.0.1:\(server.port)")),
                    names: StoreNames(brand: "t"),
                    group: .singletonMultiThreadedEventLoopGroup,
                    logger: CollectedLog().logger
                )
                try await ThreeTimes.areTold(over: broker)
                await broker.close()
            }
        }
    }
}
