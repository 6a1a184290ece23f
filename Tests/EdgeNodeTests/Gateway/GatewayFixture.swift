import NIOCore
import NIOEmbedded
import NIOHTTP1
import Platform

@testable import EdgeNode

/// A connection to the gateway, before anything was said on it.
struct GatewayClient {
    static let upgrade = """
        Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n
        """

    let channel: NIOAsyncTestingChannel

    init(_ fixture: EdgeFixture, echo: String? = nil, admission: any Admission = OpenAdmission()) async throws {
        let port = fixture.ports[0]
        if fixture.ingestor.last == nil { fixture.beat() }
        let pages = EdgePages(
            brand: "tidegate",
            version: "0",
            id: "edge-1",
            wantedClients: 10,
            report: EdgeReport(
                shards: fixture.counters,
                mailboxes: fixture.mailboxes,
                hub: fixture.hub,
                health: fixture.health
            )
        )
        let router = HTTPRouter(pages.all)
        channel = try await NIOAsyncTestingChannel(loop: fixture.loops[0]) { channel in
            try GatewayHandler.add(
                to: channel.pipeline.syncOperations,
                shard: port.shard.value,
                paths: WebSocketPaths(dialects: .tidegate, echo: echo),
                admission: admission,
                router: router,
                arrival: Arrival(number: port.shard.value.node.accepted.add())
            )
        }
        try await channel.connect(to: SocketAddress(unixDomainSocketPath: "/peer")).get()
    }

    /// Sends bytes as they stand and gives all that came back.
    func send(_ text: String) async throws -> String { try await send(bytes: Array(text.utf8)) }

    func send(bytes: [UInt8]) async throws -> String {
        do {
            try await channel.writeInbound(ByteBuffer(bytes: bytes))
        } catch is HTTPParserError {
            // Told by the answer.
        }
        return String(buffer: try await received())
    }

    func get(_ uri: String, method: String = "GET", _ headers: String = "") async throws -> String {
        try await send("\(method) \(uri) HTTP/1.1\r\nHost: x\r\n\(headers)\r\n")
    }

    func received() async throws -> ByteBuffer {
        await channel.testingEventLoop.run()
        var bytes = ByteBuffer()
        while let part = try await channel.readOutbound(as: IOData.self) {
            if case .byteBuffer(var buffer) = part { bytes.writeBuffer(&buffer) }
        }
        return bytes
    }
}
