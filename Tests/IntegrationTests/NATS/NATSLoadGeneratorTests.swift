import LoadComposition
import LoadGenerator
import NATSStores
import Stores
import Testing

extension NATSIntegration {
    /// The load generator against a real nats-server: as the server that is measured, and as the broker of a node.
    @Suite struct LoadGeneratorTests {
        @Test func theClientsOfANATSServerCountEveryMessage() async throws {
            let report = try await Self.withWebSocket { server, port in
                var options = try Self.options(.many, broker: server, url: "ws://127.0.0.1:\(port)")
                (options.target, options.streams, options.subscriptions, options.rate) = (.nats, 20, 10, 200)
                return try await LoadTest(options, connector: TidegateStores.connect).run()
            }
            #expect(report.problems == [])
            // Each client has half of the streams.
            #expect((report.published, report.expected, report.delivered) == (200, 5000, 5000))
        }

        @Test func aNodeBehindNATSDeliversEverything() async throws {
            try await NATSServer.with { server in
                let broker = try server.broker()
                try await RunningNode.with(broker: broker, history: NoHistory()) { node in
                    var options = try Self.options(.hot, broker: server, url: node.url)
                    options.brand = "t"
                    let report = try await LoadTest(options, connector: TidegateStores.connect).run()
                    #expect(report.problems == [])
                    #expect((report.published, report.expected, report.delivered) == (100, 5000, 5000))
                }
                await broker.close()
            }
        }

        /// Another process may take a free port before the server does.
        private static func withWebSocket(
            _ body: (NATSServer, _ port: Int) async throws -> LoadReport
        ) async throws -> LoadReport {
            var attempt = 0
            while true {
                attempt += 1
                let port = try ServerProcess.freePort()
                do {
                    return try await NATSServer.with("websocket { listen: \"127.0.0.1:\(port)\", no_tls: true }") {
                        try await body($0, port)
                    }
                } catch let error as ServerProcess.DidNotStart where attempt < 3 {
                    guard error.description.contains("address already in use") else { throw error }
                }
            }
        }

        private static func options(_ scenario: Scenario, broker: NATSServer, url: String) throws -> LoadOptions {
            var options = LoadOptions(scenario)
            options.urls = [try Endpoint(url, schemes: ["ws"])]
            options.source = .broker(try Endpoint("nats://127.0.0.1:\(broker.port)", schemes: ["nats"]))
            (options.clients, options.seconds, options.warmup) = (50, 1, 0.5)
            options.showsProgress = false
            return options
        }
    }
}
