import RedisStores
import StoreContracts
import Stores
import TestSupport
import Testing

extension RedisIntegration {
    @Suite("How often connections of the broker were there again is a count that never goes back")
    struct RedisReconnectCountTests: BrokerSuite {
        let log = CollectedLog()

        @Test func whatASubscriberHadStaysWhenItIsClosed() async throws {
            try await RedisServer.with { server in
                let broker = try broker(server)
                let subscriber = broker.attach(CollectingReceiver())
                try await subscriber.listen(on: .heartbeat)
                while !broker.status.isUsable { try await Task.sleep(for: .milliseconds(5)) }
                #expect(broker.reconnects == 0)
                server.stop()
                while broker.status.isUsable { try await Task.sleep(for: .milliseconds(5)) }
                try await server.start()
                // The one that publishes, and the subscriber's.
                while broker.reconnects < 2 { try await Task.sleep(for: .milliseconds(5)) }
                let before = broker.reconnects
                await subscriber.close()
                #expect(broker.reconnects >= before)
                let another = broker.attach(CollectingReceiver())
                await another.close()
                #expect(broker.reconnects >= before)
                await broker.close()
            }
        }
    }
}
