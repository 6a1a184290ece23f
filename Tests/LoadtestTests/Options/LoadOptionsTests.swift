import Core
import NIOCore
import Testing

@testable import LoadGenerator

/// What the command line may say.
@Suite struct LoadOptionsTests {
    @Test("Options that make no sense are refused with what would")
    func refused() throws {
        func problem(_ scenario: Scenario = .hot, _ change: (inout LoadOptions) -> Void) throws -> String? {
            var options = LoadOptions(scenario)
            options.urls = [try Endpoint("ws://127.0.0.1:8000/ws", schemes: ["ws"])]
            options.source = .broker(try Endpoint("nats://127.0.0.1:4222", schemes: ["nats"]))
            change(&options)
            do throws(LoadFailure) {
                try options.check()
                return nil
            } catch {
                return error.description
            }
        }
        #expect(try problem { _ in } == nil)
        #expect(
            try problem { $0.subscriptions = 2 }?.contains("--subscriptions must be from 1 to --streams (1)") == true
        )
        #expect(try problem { $0.bytes = 20 }?.contains("--bytes") == true)
        #expect(try problem { ($0.source, $0.rate) = (.none, 0) }?.contains("--rate 0 waits for deliveries") == true)
        #expect(try problem { ($0.source, $0.clients) = (.none, 0) }?.contains("--clients 0 only publishes") == true)
        #expect(try problem(.storm) { $0.target = .nats }?.contains("storm needs --target tidegate") == true)
        #expect(try problem { ($0.target, $0.streams, $0.subscriptions) = (.nchan, 2, 2) }?.contains("nchan") == true)
    }

    @Test("Addresses are read, and what is none is said")
    func endpoints() throws {
        let endpoint = try Endpoint("ws://localhost:8080/sub/{stream}", schemes: ["ws"])
        #expect((endpoint.host, endpoint.port) == ("localhost", 8080))
        #expect(endpoint.path(of: "ticker.LT00001") == "/sub/ticker.LT00001")
        #expect(try Endpoint("nats://a", schemes: ["nats"], defaultPort: 4222).port == 4222)
        let six = try Endpoint("ws://[::1]:8000/ws", schemes: ["ws"])
        #expect((six.host, six.port, six.description) == ("::1", 8000, "ws://[::1]:8000/ws"))
        let wrong = [
            "localhost:1", "http://a:1", "ws://:1", "ws://a:b", "ws://a:70000", "ws://a", "ws://a:+1", "ws://::1:80",
            "ws://[a]:1", "ws://a b:1",
        ]
        for text in wrong {
            #expect(throws: LoadFailure.self) { try Endpoint(text, schemes: ["ws"]) }
        }
    }

    @Test("Streams are numbered at the end of their names; clients share them evenly")
    func streams() throws {
        let streams = try LoadStreams(3, .delta)
        #expect(streams.names.map(\.canonical) == ["depth.50.LT00001", "depth.50.LT00002", "depth.50.LT00003"])
    }

    @Test("Clients have as many source addresses as they need ports")
    func sources() throws {
        func addresses(_ count: Int?, _ clients: Int) throws -> Set<String> {
            let sources = try SourceAddresses(count, clients: clients)
            return Set((0..<500).compactMap { sources.address(ofClient: $0).ipAddress })
        }
        #expect(try addresses(nil, 20_000) == ["127.0.0.1"])
        #expect(try addresses(nil, 20_001) == ["127.0.0.1", "127.0.0.2"])
        #expect(try addresses(251, 10).contains("127.0.1.1"))
    }
}
