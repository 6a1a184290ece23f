import Core
import NIOCore
import NIOPosix
import RedisStores
import StoreContracts
import Stores
import TestSupport
import Testing

extension RedisIntegration {
    @Suite("Gateways of one brand in different databases of one Redis hear nothing of each other")
    struct RedisDatabasesTests {
        private typealias Sample = ContractPublications

        /// A gateway's way from the ingestor to a node.
        private struct Gateway {
            let client: RedisClient
            let broker: RedisBroker
            let outlet: RedisOutlet
            let receiver = CollectingReceiver()

            init(_ server: RedisServer, database: Int) throws {
                let names = StoreNames(brand: "t")
                let logger = CollectedLog().logger
                client = try server.client(database: database)
                broker = RedisBroker(
                    try server.connector(database: database),
                    names: names,
                    group: MultiThreadedEventLoopGroup.singleton,
                    logger: logger
                )
                outlet = RedisOutlet(client, names: names, retention: Retention())
            }

            func close() async {
                await broker.close()
                await client.close()
            }
        }

        @Test(arguments: [(0, 1), (1, 2), (1, 11)])
        func neitherPublicationsNorControlMessages(_ one: Int, _ other: Int) async throws {
            try await RedisServer.with { server in
                let gateways = [try Gateway(server, database: one), try Gateway(server, database: other)]
                let stream = Sample.freshStream()
                for gateway in gateways {
                    let subscriber = gateway.broker.attach(gateway.receiver)
                    try await subscriber.subscribe(to: stream)
                    for control in ControlChannel.allCases { try await subscriber.listen(on: control) }
                }
                for (number, gateway) in zip(UInt64(1)..., gateways) {
                    // By the script, by the broker alone, and on every control channel.
                    try await gateway.outlet.deliver([Sample.publication(stream, number)])
                    try await gateway.broker.publish([Sample.publication(stream, number + 10)])
                    for control in ControlChannel.allCases {
                        try await gateway.broker.send(ByteBuffer(string: "of \(number)"), on: control)
                    }
                }
                for (number, gateway) in zip(UInt64(1)..., gateways) {
                    // The first gateway's messages were sent before: had they come here, they would be here.
                    let messages = await gateway.receiver.messages(atLeast: ControlChannel.allCases.count)
                    #expect(Set(messages.map(\.text)) == ["of \(number)"])
                    let publications = await gateway.receiver.publications(atLeast: 2)
                    #expect(publications.map(\.position.sequence) == [number, number + 10])
                    await gateway.close()
                }
            }
        }

        /// During an upgrade older programs are heard, and hear.
        @Test func theChannelsOfDatabaseZeroKeepTheirNames() async throws {
            try await RedisServer.with { server in
                let gateway = try Gateway(server, database: 0)
                let stream = Sample.freshStream()
                let subscriber = gateway.broker.attach(gateway.receiver)
                try await subscriber.subscribe(to: stream)
                try await subscriber.listen(on: .heartbeat)
                let channels = try await server.command("PUBSUB", "CHANNELS").array?.compactMap(\.text).sorted()
                #expect(channels == ["t:control:heartbeat", "t:live:{\(stream)}"])
                await gateway.close()
            }
        }
    }
}
