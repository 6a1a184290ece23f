import NATSStores
import Stores
import Testing

extension NATSIntegration {
    @Suite struct NATSInventedKindsTests {
        @Test("Kinds that only the catalog knows are served and resumed over NATS, and transient ones told")
        func areServed() async throws {
            try await NATSServer.with { server in
                let broker = try server.broker()
                try await broker.isUp()
                try await InventedKinds.areServed(over: broker)
                await broker.close()
            }
        }
    }
}
