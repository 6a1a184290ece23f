import Core
import NIOCore
import NIOEmbedded

@testable import LoadGenerator

/// A client on a channel that a test feeds.
struct ClientFixture {
    let loop: ClientLoop
    let client: LoadClient
    let channel: EmbeddedChannel

    init(_ target: Target) throws {
        channel = EmbeddedChannel()
        let endpoint = try Endpoint("ws://127.0.0.1:1/ws", schemes: ["ws"])
        let settings = ClientSettings(
            target: target,
            servers: [ClientSettings.Server(endpoint: endpoint, address: try endpoint.resolve())],
            sources: try SourceAddresses(1, clients: 1),
            streams: try LoadStreams(1, .latest),
            subscriptions: 1,
            bytes: 64,
            connectWindow: 1,
            slowKind: .stop,
            slowRate: 1,
            slowBuffer: 1,
            gates: nil
        )
        loop = ClientLoop(settings, eventLoop: channel.eventLoop)
        client = LoadClient(index: 0, loop: loop, isSlow: false)
        try channel.pipeline.syncOperations.addHandler(client)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    static func live() throws -> ClientFixture {
        let fixture = try ClientFixture(.nchan)
        try fixture.receive(Array("HTTP/1.1 101 Switching Protocols\r\n\r\n".utf8), cutInto: 1000)
        return fixture
    }

    func receive(_ bytes: [UInt8], cutInto length: Int) throws {
        for start in stride(from: 0, to: bytes.count, by: length) {
            try channel.writeInbound(ByteBuffer(bytes: bytes[start..<min(start + length, bytes.count)]))
        }
    }

    /// What the client has sent since it was asked last, byte by byte.
    func sent() throws -> String {
        var text = ""
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) {
            text += buffer.readableBytesView.map { String(UnicodeScalar($0)) }.joined()
        }
        return text
    }
}
