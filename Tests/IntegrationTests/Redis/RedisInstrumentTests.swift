import NIOPosix
import RedisStores
import Stores
import TestSupport
import Testing

extension RedisIntegration {
    @Suite("The list of instruments comes over Redis, also to a node that missed it")
    struct RedisInstrumentTests {
        private func broker(_ port: Int) throws -> RedisBroker {
            RedisBroker(
                try RedisConnector(url: RedisURL("redis://127.0.0.1:\(port)")),
                names: StoreNames(brand: "t"),
                group: .singletonMultiThreadedEventLoopGroup,
                logger: CollectedLog().logger
            )
        }

        @Test func itComesToBoth() async throws {
            try await RedisServer.with { server in
                let broker = try broker(server.port)
                let nodes = try self.broker(server.port)
                try await InstrumentChannel.carries(broker, to: nodes)
                await nodes.close()
                await broker.close()
            }
        }
    }
}
