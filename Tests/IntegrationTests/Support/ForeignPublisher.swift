import NIOCore
import NIOPosix

/// Publishes to NATS what Tidegate never would: the protocol by hand.
final class ForeignPublisher: Sendable {
    private let channel: any Channel

    init(port: Int) throws {
        channel = try ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port).wait()
        try channel.writeAndFlush(ByteBuffer(string: "CONNECT {\"verbose\":false}\r\n")).wait()
    }

    /// Returns when it has been written.
    func publish(_ text: String, to subject: String) async throws {
        let command = "PUB \(subject) \(text.utf8.count)\r\n\(text)\r\n"
        try await channel.writeAndFlush(ByteBuffer(string: command)).get()
    }

    func close() async throws { try await channel.close() }
}
