import NATSStores
import StoreContracts
import Stores
import TestSupport
import Testing

extension NATSIntegration {
    @Suite("Two NATS servers")
    struct NATSClusterTests {
        private typealias Sample = ContractPublications

        @Test(arguments: ["kill", "lame duck"])
        func whenOneLeavesItGoesOnAtTheOther(_ way: String) async throws {
            let servers = [try NATSServer(), try NATSServer()]
            defer { for server in servers { server.remove() } }
            let routes = [try ServerProcess.freePort(), try ServerProcess.freePort()]
            for (index, server) in servers.enumerated() {
                try await server.start(
                    """
                    debug: true
                    lame_duck_grace_period: "100ms"
                    lame_duck_duration: "30s"
                    cluster { name: t, listen: "127.0.0.1:\(routes[index])", routes: ["nats://127.0.0.1:\(routes[1 - index])"] }
                    """
                )
            }
            let log = CollectedLog()
            let address = "nats://127.0.0.1:\(servers[0].port),127.0.0.1:\(servers[1].port)"
            let broker = try natsBroker(address, logger: log)
            try await broker.isUp()
            let receiver = CollectingReceiver()
            let subscriber = broker.attach(receiver)
            let stream = Sample.freshStream()
            try await subscriber.subscribe(to: stream)
            let used = try #require(servers.first { $0.log.contains("Client connection created") })
            if way == "kill" { used.stop() } else { used.becomeLameDuck() }
            #expect(await receiver.losses(atLeast: 1) == [.everything])
            let publisher = try #require(servers.first { $0 !== used }).broker()
            try await publisher.isUp()
            try await publisher.publish([Sample.publication(stream, 1)])
            #expect(await receiver.publications(atLeast: 1) == [Sample.publication(stream, 1)])
            #expect(log.lines.contains { $0.contains("asks its clients to go to another one") } == (way != "kill"))
            await publisher.close()
            await broker.close()
        }
    }
}
