import NIOCore
import NIOEmbedded
import NIOHTTP1
import Stores
import Synchronization
import Testing

@testable import EdgeNode

@Suite struct GatewayHandlerTests {
    private let fixture = EdgeFixture(maximumClients: 1)

    @Test(arguments: [
        ("/", "200 OK", #"{"name":"tidegate","version":"0","websocket":"/ws","health":"/health","ready":"/ready"}"#),
        ("/ready", "200 OK", #"{"ok":true}"#),
        ("/ready?x=/stats", "200 OK", #"{"ok":true}"#),
        (
            "/health", "200 OK",
            #"{"status":"healthy","id":"edge-1","redis":"unused","pubsub_listener":"ok","connections":0,"broker":"connected","history":"connected","ingestor":"ok","upstream":"connected","simulated":false}"#
        ),
        ("/nothing", "404 Not Found", #"{"error":"Not found"}"#),
    ])
    func pagesAreServed(uri: String, status: String, body: String) async throws {
        let client = try await GatewayClient(fixture)
        let answer = try await client.get(uri)
        #expect(answer.hasPrefix("HTTP/1.1 \(status)\r\n"))
        #expect(answer.hasSuffix("\r\n\r\n\(body)"))
        #expect(answer.contains("Content-Length: \(body.utf8.count)\r\n"))
        #expect(client.channel.isActive)
    }

    @Test func statisticsHaveTheReferencesKeys() async throws {
        let answer = try await GatewayClient(fixture).get("/stats")
        for key in [
            "active_connections", "total_connections_lifetime", "total_messages_sent", "avg_subscriptions_per_client",
            "max_limit", "upstream", "pubsub", "total_subscriptions", "active_channels",
        ] { #expect(answer.contains("\"\(key)\":")) }
    }

    @Test func anUpstreamThatIsAwayMakesTheNodeDegraded() async throws {
        fixture.beat(isConnected: false)
        let answer = try await GatewayClient(fixture).get("/health")
        #expect(answer.hasPrefix("HTTP/1.1 503 "))
        #expect(answer.contains(#""status":"degraded""#))
    }

    @Test func topicsThatCanNotBeReadMakeTheNodeDegraded() async throws {
        fixture.beat(unreadable: UnreadableTopics(count: 1, examples: ["tickers.X"]))
        let client = try await GatewayClient(fixture)
        let answer = try await client.get("/health")
        #expect(answer.hasPrefix("HTTP/1.1 503 "))
        #expect(answer.contains("upstream: 1 topic of the exchange sends nothing that can be read: tickers.X"))
        #expect(try await client.get("/stats").contains(#""unreadable_topics":1"#))
        #expect(try await client.get("/ready").hasPrefix("HTTP/1.1 200 OK"))
    }

    @Test func headHasNoBodyAndOtherMethodsAreRefused() async throws {
        let client = try await GatewayClient(fixture)
        let answer = try await client.get("/ready", method: "HEAD")
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n") && answer.hasSuffix("\r\n\r\n"))
        #expect(answer.contains("Content-Length: 11\r\n"))
        let refusal = try await client.get("/ready", method: "DELETE")
        #expect(refusal.hasPrefix("HTTP/1.1 405 ") && refusal.contains("Allow: GET, HEAD\r\n"))
        #expect(try await client.get("/ready").hasPrefix("HTTP/1.1 200 OK"))
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        let one = "GET /ready HTTP/1.1\r\nHost: x\r\n\r\n"
        let answer = try await GatewayClient(fixture).send(one + one.replacing("/ready", with: "/x") + one)
        #expect(answer.split(separator: "HTTP/1.1 ").map { $0.prefix(3) } == ["200", "404", "200"])
    }

    @Test(arguments: ["HTTP/1.0\r\n", "HTTP/1.1\r\nConnection: close\r\n"])
    func aClientThatDoesNotKeepTheConnectionIsClosedBehindItsAnswer(rest: String) async throws {
        let client = try await GatewayClient(fixture)
        #expect(try await client.send("GET /ready \(rest)Host: x\r\n\r\n").contains("Connection: close\r\n"))
        #expect(!client.channel.isActive)
    }

    @Test(arguments: ["\u{1}\u{2}\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET /\r\nHost x\r\n\r\n"])
    func whatIsNotHTTPGets400AndIsClosed(text: String) async throws {
        let client = try await GatewayClient(fixture)
        #expect(try await client.send(text).hasPrefix("HTTP/1.0 400 Bad Request\r\n"))
        #expect(!client.channel.isActive)
    }

    @Test func aBodyIsReadAndABodyWithoutEndIsNot() async throws {
        let client = try await GatewayClient(fixture)
        #expect(
            try await client.send("GET /ready HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc").hasPrefix(
                "HTTP/1.1 200"
            )
        )
        _ = try await client.send("GET /ready HTTP/1.1\r\nHost: x\r\nContent-Length: 999999\r\n\r\n")
        _ = try await client.send(String(repeating: "x", count: 65_537))
        #expect(!client.channel.isActive)
    }

    @Test(arguments: ["", "GET /re", "GET /ready HTTP/1.1\r\nHost: x\r\n"])
    func aClientThatDoesNotFinishARequestIsClosed(text: String) async throws {
        let client = try await GatewayClient(fixture)
        _ = try await client.send(text)
        await fixture.loops[0].advanceTime(by: .seconds(9))
        #expect(client.channel.isActive)
        await fixture.loops[0].advanceTime(by: .seconds(2))
        #expect(!client.channel.isActive)
    }

    @Test func anAnswerStartsTheTimeoutAnew() async throws {
        let client = try await GatewayClient(fixture)
        for _ in 0..<3 {
            await fixture.loops[0].advanceTime(by: .seconds(9))
            #expect(try await client.get("/ready").hasPrefix("HTTP/1.1 200"))
        }
        await fixture.loops[0].advanceTime(by: .seconds(11))
        #expect(!client.channel.isActive)
    }
}
