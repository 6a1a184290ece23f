import NIOPosix
import RedisStores
import Stores
import TestSupport
import Testing

extension RedisIntegration {
    @Suite struct RedisInventedKindsTests {
        @Test("Kinds that only the catalog knows are served and resumed over Redis Pub/Sub, and transient ones told")
        func areServed() async throws {
            try await RedisServer.with { server in
                let broker = RedisBroker(
                    try RedisConnector(url: RedisURL("redis://127.0.0.1:\(server.port)")),
                    names: StoreNames(brand: "t"),
                    group: .singletonMultiThreadedEventLoopGroup,
                    logger: CollectedLog().logger
                )
                try await InventedKinds.areServed(over: broker)
                await broker.close()
            }
        }
    }
}
