import NIOCore
import NIOPosix
import Synchronization

/// A name that can be made to lead elsewhere: a port of 127.0.0.1 whose connections go on to another port. Those that are
/// open stay where they are when the target changes.
final class Forwarder: Sendable {
    private let target: Mutex<Int>
    private let accepted = Mutex(0)
    private let channel: Mutex<(any Channel)?> = Mutex(nil)

    static func with<Result>(
        to port: Int,
        isolation: isolated (any Actor)? = #isolation,
        _ body: (Forwarder) async throws -> Result
    ) async throws -> Result {
        let forwarder = Forwarder(port)
        try await forwarder.listen()
        do {
            let result = try await body(forwarder)
            await forwarder.close()
            return result
        } catch {
            await forwarder.close()
            throw error
        }
    }

    private init(_ target: Int) {
        self.target = Mutex(target)
    }

    var port: Int { channel.withLock { $0?.localAddress?.port ?? 0 } }

    /// Connections that were made so far.
    var connections: Int { accepted.withLock { $0 } }

    /// From now on new connections go there.
    func lead(to port: Int) { target.withLock { $0 = port } }

    private func listen() async throws {
        let listening = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { [self] inbound in
                accepted.withLock { $0 += 1 }
                // Nothing is read here before this future succeeds.
                return ClientBootstrap(group: inbound.eventLoop)
                    .channelInitializer { outbound in
                        outbound.eventLoop.makeCompletedFuture {
                            try outbound.pipeline.syncOperations.addHandler(Passing(to: inbound))
                        }
                    }
                    .connect(host: "127.0.0.1", port: target.withLock { $0 })
                    .flatMapThrowing { outbound in
                        try inbound.pipeline.syncOperations.addHandler(Passing(to: outbound))
                    }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        channel.withLock { $0 = listening }
    }

    private func close() async {
        try? await channel.withLock { $0 }?.close().get()
    }

    /// Writes what one side sends to the other, and closes it when its own side ends.
    private final class Passing: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let other: any Channel

        init(to other: any Channel) {
            self.other = other
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            other.writeAndFlush(unwrapInboundIn(data), promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) { other.close(promise: nil) }
    }
}
