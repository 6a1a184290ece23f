import NIOCore
import NIOEmbedded
import NIOHTTP1
import Platform
import Synchronization
import Testing

@testable import EdgeNode

@Suite struct GatewayUpgradeTests {
    private let fixture = EdgeFixture(maximumClients: 1)

    private static let request = "GET /ws HTTP/1.1\r\nHost: x\r\n\(GatewayClient.upgrade)\r\n"

    @Test func anUpgradeIsAnsweredExactly() async throws {
        let client = try await GatewayClient(fixture)
        #expect(
            try await client.send(Self.request)
                == "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
        )
        #expect(fixture.counters[0].connections.get() == 1)
    }

    @Test func bytesThatCameWithTheRequestAreNotLost() async throws {
        let client = try await GatewayClient(fixture)
        let bytes =
            Array(Self.request.utf8) + WebSocketClientFrame.text(#"{"op":"fly"}"#) + WebSocketClientFrame.ping([65])
        let ping = WebSocketClientFrame.ping([66])
        try await client.channel.writeInbound(ByteBuffer(bytes: bytes + ping.prefix(3)))
        try await client.channel.writeInbound(ByteBuffer(bytes: ping.dropFirst(3)))
        var answer = try await client.received()
        let head = try #require(answer.readableBytesView.firstRange(of: Array("\r\n\r\n".utf8)))
        answer.moveReaderIndex(to: head.upperBound)
        #expect(ServerFrame.read(from: &answer).map(\.brief) == ["error UNKNOWN_OP", "PONG A", "PONG B"])
    }

    @Test func anUpgradedClientIsNotClosedByTheHandshakesTimeout() async throws {
        let client = try await GatewayClient(fixture)
        _ = try await client.send(Self.request)
        await fixture.loops[0].advanceTime(by: .seconds(60))
        #expect(client.channel.isActive)
    }

    @Test func aClientOfTheRootIsWelcomedAtOnce() async throws {
        let client = try await GatewayClient(fixture)
        let answer = try await client.get("/", GatewayClient.upgrade)
        #expect(answer.hasSuffix(#"{"type":"welcome","message":"Connected to market data feed","client_count":1}"#))
    }

    @Test func aFullNodeRefusesWithRetryAfterAndTakesTheNextWhenAPlaceIsFree() async throws {
        let first = try await GatewayClient(fixture)
        _ = try await first.send(Self.request)
        let refused = try await GatewayClient(fixture)
        let answer = try await refused.send(Self.request)
        #expect(answer.hasPrefix("HTTP/1.1 503 ") && answer.contains("Retry-After: 5\r\n"))
        #expect(answer.hasSuffix(#"{"error":"Connection limit reached"}"#))
        #expect(fixture.counters[0].refusals.values.filter { $0.value > 0 } == [.capacity: 1])
        try await first.channel.close()
        #expect(fixture.node.clients.get() == 0)
        #expect(try await GatewayClient(fixture).send(Self.request).hasPrefix("HTTP/1.1 101 "))
    }

    /// So that a load balancer sees it before anybody is refused.
    @Test func aNodeThatIsAboutToGoIsNotReadyAndStillTakesClients() async throws {
        fixture.node.isLeaving.store(true, ordering: .relaxed)
        let answer = try await GatewayClient(fixture).get("/ready")
        #expect(answer.hasPrefix("HTTP/1.1 503 ") && answer.contains("draining"))
        #expect(try await GatewayClient(fixture).send(Self.request).hasPrefix("HTTP/1.1 101 "))
    }

    @Test func aNodeThatGoesAwayRefusesAndIsNotReady() async throws {
        fixture.node.isLeaving.store(true, ordering: .relaxed)
        fixture.node.isDraining.store(true, ordering: .relaxed)
        let answer = try await GatewayClient(fixture).send(Self.request)
        #expect(answer.hasPrefix("HTTP/1.1 503 ") && answer.contains("Retry-After: 1\r\n"))
        for page in ["/ready", "/health"] {
            #expect(try await GatewayClient(fixture).get(page).hasPrefix("HTTP/1.1 503 "))
        }
        #expect(fixture.node.clients.get() == 0)
    }

    @Test(arguments: [
        ("/ws", "", "400"), ("/ws", "Upgrade: websocket\r\n", "400"),
        ("/ws", "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 7\r\n", "426"),
        ("/nothing", GatewayClient.upgrade, "404"),
    ])
    func aRequestThatCannotUpgradeIsToldWhy(uri: String, headers: String, status: String) async throws {
        #expect(try await GatewayClient(fixture).get(uri, headers).hasPrefix("HTTP/1.1 \(status) "))
        #expect(fixture.node.clients.get() == 0)
    }

    /// The parser takes nothing more behind such a request: a client must not wait for an answer that can't come.
    @Test(arguments: ["/ws", "/ready", "/nothing"])
    func aConnectionWhoseUpgradeWasRefusedIsClosed(uri: String) async throws {
        let client = try await GatewayClient(fixture)
        let answer = try await client.get(uri, "Upgrade: h2c\r\nConnection: Upgrade\r\n")
        #expect(answer.contains("Connection: close\r\n"))
        #expect(!client.channel.isActive)
    }

    /// RFC 9110, 15.5.22 and 7.8; RFC 6455, 4.4.
    @Test func a426SaysWhatWouldBeRight() async throws {
        let versions = GatewayClient.upgrade.replacing("Version: 13", with: "Version: 8")
        let answer = try await GatewayClient(fixture).get("/ws", versions)
        #expect(answer.hasPrefix("HTTP/1.1 426 "))
        for header in ["Upgrade: websocket", "Connection: Upgrade", "Connection: close", "Sec-WebSocket-Version: 13"] {
            #expect(answer.contains("\r\n\(header)\r\n"), "\(header)")
        }
    }

    @Test(arguments: ["", "Host: x\r\nHost: x\r\n", "Host: x/y\r\n"])
    func aRequestWithoutOneGoodHostIsRefused(hosts: String) async throws {
        for (path, headers) in [("/ready", ""), ("/ws", GatewayClient.upgrade)] {
            let client = try await GatewayClient(fixture)
            let answer = try await client.send("GET \(path) HTTP/1.1\r\n\(hosts)\(headers)\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 400 ") && answer.contains("Bad Host"))
            #expect(!client.channel.isActive)
        }
    }

    /// HTTP/1.0 has no upgrades: the page is what is asked for.
    @Test func anUpgradeOfHTTP10IsNotSeen() async throws {
        let answer = try await GatewayClient(fixture).send("GET / HTTP/1.0\r\n\(GatewayClient.upgrade)\r\n")
        #expect(answer.hasPrefix("HTTP/1.0 200 OK\r\n") && answer.contains(#""websocket":"/ws""#))
    }
}
