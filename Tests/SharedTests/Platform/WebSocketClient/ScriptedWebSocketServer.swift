import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket
import TestSupport

/// A WebSocket server on 127.0.0.1 that does to each connection what its script says, and keeps what it hears.
struct ScriptedWebSocketServer: Sendable {
    enum Script: Sendable {
        /// Upgrades and sends the frames; perhaps ends the connection, without a close frame, when it hears something.
        case upgrade([WebSocketFrame], endsAbruptly: Bool = false)
        /// Answers these bytes, and ends.
        case answer(String)
        case silence
    }

    let heads = Inbox<HTTPRequestHead>()
    let frames = Inbox<WebSocketFrame>()
    private let channel: any Channel

    var url: String { "ws://127.0.0.1:\(channel.localAddress?.port ?? 0)/ws?key=1" }

    var port: Int { channel.localAddress?.port ?? 0 }

    /// - Parameter certificate: Speaks TLS with it.
    init(_ script: Script, certificate: TestCertificate? = nil) async throws {
        let (heads, frames) = (heads, frames)
        let tls = try certificate.map {
            try NIOSSLContext(
                configuration: .makeServerConfiguration(
                    certificateChain: [.certificate($0.certificate)],
                    privateKey: .privateKey($0.key)
                )
            )
        }
        channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    switch script {
                    case .silence: break
                    case .answer(let text): try channel.pipeline.syncOperations.addHandler(Answering(text))
                    case .upgrade(let script, let endsAbruptly):
                        let upgrader = NIOWebSocketServerUpgrader(
                            shouldUpgrade: { channel, head in
                                heads.append([head])
                                return channel.eventLoop.makeSucceededFuture([:])
                            },
                            upgradePipelineHandler: { channel, _ in
                                channel.eventLoop.makeCompletedFuture {
                                    let handler = Speaking(script, endsAbruptly: endsAbruptly, heard: frames)
                                    try channel.pipeline.syncOperations.addHandler(handler)
                                }
                            }
                        )
                        try channel.pipeline.syncOperations.configureHTTPServerPipeline(
                            withServerUpgrade: (upgraders: [upgrader], completionHandler: { _ in })
                        )
                    }
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    func stop() async throws { try await channel.close() }

    private final class Answering: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let text: String

        init(_ text: String) { self.text = text }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let channel = context.channel
            channel.writeAndFlush(ByteBuffer(string: text)).whenComplete { _ in channel.close(promise: nil) }
        }
    }

    private final class Speaking: ChannelInboundHandler {
        typealias InboundIn = WebSocketFrame
        private let script: [WebSocketFrame]
        private let endsAbruptly: Bool
        private let heard: Inbox<WebSocketFrame>

        init(_ script: [WebSocketFrame], endsAbruptly: Bool, heard: Inbox<WebSocketFrame>) {
            (self.script, self.endsAbruptly, self.heard) = (script, endsAbruptly, heard)
        }

        func handlerAdded(context: ChannelHandlerContext) {
            let channel = context.channel
            for frame in script { channel.write(frame, promise: nil) }
            channel.flush()
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            heard.append([unwrapInboundIn(data)])
            if endsAbruptly { context.close(promise: nil) }
        }
    }
}
