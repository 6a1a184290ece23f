import NATSStores
import NIOCore
import Stores
import Testing

@testable import EdgeNode
@testable import Ingestor

extension NATSIntegration {
    @Suite("What NATS loses of a quiet stream, or can't carry, reaches clients all the same")
    struct NATSQuietStreamTests {
        private let names = StoreNames(brand: "t")

        @Test func theLastMessageOfAQuietStreamIsFoundMissing() async throws {
            try await NATSServer.with { server in
                let broker = try server.broker()
                try await broker.isUp()
                try await SwallowingProxy.with(SwallowingProxy.nats, to: server.port) { proxy in
                    let nodes = try natsBroker("nats://127.0.0.1:\(proxy.port)")
                    try await nodes.isUp()
                    try await QuietStreams.with(broker, node: nodes) { quiet, publisher in
                        publisher.enqueue([quiet.publication(1)])
                        _ = await quiet.heard(1)
                        proxy.swallowNext("MSG \(names.subject(quiet.stream))")
                        publisher.enqueue([quiet.publication(2)])
                        let time = await quiet.heard(2)
                        #expect(proxy.swallowed == 1)
                        #expect(time < .seconds(3))
                        publisher.enqueue([quiet.publication(3)])
                        _ = await quiet.heard(3)
                        #expect(quiet.sequences == ["1", "2", "3"])
                    }
                    await nodes.close()
                }
                await broker.close()
            }
        }

        /// Nothing was heard of the stream before, so that no hole shows it.
        @Test func aPublicationThatIsLargerThanTheServerTakesReachesTheFirstSubscriber() async throws {
            try await NATSServer.with("max_payload: 4000") { server in
                let broker = try server.broker()
                try await broker.isUp()
                let nodes = try server.broker()
                try await nodes.isUp()
                try await QuietStreams.with(broker, node: nodes) { quiet, publisher in
                    publisher.enqueue([quiet.publication(1, bytes: 8000)])
                    _ = await quiet.heard(1)
                    #expect(quiet.node.foundBehind == 0, "it is no heartbeat that tells it")
                    publisher.enqueue([quiet.publication(2)])
                    _ = await quiet.heard(2)
                    #expect(quiet.sequences == ["1", "2"])
                }
                await nodes.close()
                await broker.close()
            }
        }
    }
}
