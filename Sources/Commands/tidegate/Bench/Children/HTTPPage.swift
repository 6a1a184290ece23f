import NIOCore
import NIOPosix

/// A page of a program on this machine, read over plain HTTP.
enum HTTPPage {
    private static let maximumBytes = 1 << 20

    /// Its body. Throws where the page isn't there.
    static func read(_ path: String, port: Int) async throws -> ByteBuffer {
        let group = MultiThreadedEventLoopGroup.singleton
        let answer = group.next().makePromise(of: ByteBuffer.self)
        let channel: any Channel
        do {
            channel = try await ClientBootstrap(group: group)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(Collector(answer))
                    }
                }
                .connect(host: "127.0.0.1", port: port).get()
        } catch {
            answer.fail(error)
            throw error
        }
        let request = "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n\r\n"
        channel.writeAndFlush(ByteBuffer(string: request), promise: nil)
        var bytes = try await answer.futureResult.get()
        let text = String(buffer: bytes)
        guard text.hasPrefix("HTTP/1.1 200 "), let end = text.firstRange(of: "\r\n\r\n") else {
            throw BenchFailure.failed("\(path) on port \(port) answered: \(text.prefix(100))")
        }
        bytes.moveReaderIndex(forwardBy: text[..<end.upperBound].utf8.count)
        return bytes
    }

    /// Keeps what comes until the server closes. Lives on its channel's loop.
    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let answer: EventLoopPromise<ByteBuffer>
        private var bytes = ByteBuffer()

        init(_ answer: EventLoopPromise<ByteBuffer>) {
            self.answer = answer
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            bytes.writeImmutableBuffer(unwrapInboundIn(data))
            if bytes.readableBytes > maximumBytes { context.close(promise: nil) }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

        func channelInactive(context: ChannelHandlerContext) { answer.succeed(bytes) }
    }
}
