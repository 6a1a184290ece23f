import NATSStores
import Stores
import Testing

extension NATSIntegration {
    @Suite("The list of instruments comes over NATS, also to a node that missed it")
    struct NATSInstrumentTests {
        @Test func itComesToBoth() async throws {
            try await NATSServer.with { server in
                let broker = try server.broker()
                try await broker.isUp()
                let nodes = try server.broker()
                try await nodes.isUp()
                try await InstrumentChannel.carries(broker, to: nodes)
                await nodes.close()
                await broker.close()
            }
        }
    }
}
