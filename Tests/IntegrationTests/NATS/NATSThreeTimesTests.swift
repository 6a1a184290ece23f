import NATSStores
import Stores
import Testing

extension NATSIntegration {
    @Suite struct NATSThreeTimesTests {
        @Test("Clients that ask are told the exchange's, the ingestor's and the node's time over NATS")
        func areTold() async throws {
            try await NATSServer.with { server in
                let broker = try server.broker()
                try await broker.isUp()
                try await ThreeTimes.areTold(over: broker)
                await broker.close()
            }
        }
    }
}
