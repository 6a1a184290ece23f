import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket

/// Opens WebSocket connections as a client: to the exchange, or to an edge node from the command line.
package struct WebSocketClient: Sendable {
    /// A frame beyond this closes the connection; a message beyond `maximumMessageBytes` is only thrown away.
    private static let maximumFrameBytes = 64 << 20

    private enum Upgrade {
        case opened(any Channel)
        /// The words of the answer are still to come: NIO hands them on only when the upgrade has its result.
        case refused(EventLoopFuture<Refusal>)
    }

    private struct Refusal: Sendable {
        var status: UInt = 0
        var body = ""
        var retryAfter: Duration?
    }

    private let group: any EventLoopGroup
    private let connectTimeout: TimeAmount
    private let maximumMessageBytes: Int
    private let trustRoots: NIOSSLTrustRoots

    /// - Parameter trustRoots: Who vouches for a server's certificate; the machine's own store unless told otherwise.
    package init(
        group: any EventLoopGroup,
        connectTimeout: TimeAmount = .seconds(10),
        maximumMessageBytes: Int = 8 << 20,
        trustRoots: NIOSSLTrustRoots = .default
    ) {
        self.group = group
        self.connectTimeout = connectTimeout
        self.maximumMessageBytes = maximumMessageBytes
        self.trustRoots = trustRoots
    }

    /// Returns when the connection is open and its delegate was told. `makeDelegate` is called on the connection's
    /// loop. Throws `WebSocketClientError`, in words for a person.
    package func connect(
        to url: WebSocketURL,
        headers: [(String, String)] = [],
        makeDelegate: @escaping @Sendable (any EventLoop) -> any WebSocketClientDelegate
    ) async throws(WebSocketClientError) -> any Channel {
        do {
            return try await open(url, headers, makeDelegate)
        } catch {
            throw WebSocketClientError(error, url: url)
        }
    }

    private func open(
        _ url: WebSocketURL,
        _ headers: [(String, String)],
        _ makeDelegate: @escaping @Sendable (any EventLoop) -> any WebSocketClientDelegate
    ) async throws -> any Channel {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = trustRoots
        let tls = url.isSecure ? try NIOSSLContext(configuration: configuration) : nil
        let upgrade: EventLoopFuture<Upgrade> = try await ClientBootstrap(group: group)
            .connectTimeout(connectTimeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connect(host: url.host, port: url.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        let name = url.isIPAddress ? nil : url.host
                        let handler = try NIOSSLClientHandler(context: tls, serverHostname: name)
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    return try configure(channel, url: url, headers: headers, makeDelegate: makeDelegate)
                }
            }
        switch try await upgrade.get() {
        case .opened(let channel): return channel
        case .refused(let answer):
            let refusal = try await answer.get()
            throw WebSocketClientError.refused(
                url: url.shown,
                status: refusal.status,
                // Some servers say which page it is that they don't have.
                body: refusal.body.replacing(url.target, with: AddressText.withoutCredentials(url.target)),
                retryAfter: refusal.retryAfter
            )
        }
    }

    private func configure(
        _ channel: any Channel,
        url: WebSocketURL,
        headers: [(String, String)],
        makeDelegate: @escaping @Sendable (any EventLoop) -> any WebSocketClientDelegate
    ) throws -> EventLoopFuture<Upgrade> {
        // A server that accepts and then says nothing must not hold the caller.
        let timeout = channel.eventLoop.scheduleTask(in: connectTimeout) { channel.close(promise: nil) }
        let maximumMessageBytes = maximumMessageBytes
        let upgrader = NIOTypedWebSocketClientUpgrader<Upgrade>(
            maxFrameSize: Self.maximumFrameBytes,
            upgradePipelineHandler: { channel, _ in
                timeout.cancel()
                return channel.eventLoop.makeCompletedFuture {
                    let handler = WebSocketClientHandler(
                        delegate: makeDelegate(channel.eventLoop),
                        maximumMessageBytes: maximumMessageBytes
                    )
                    try channel.pipeline.syncOperations.addHandler(handler)
                    return .opened(channel)
                }
            }
        )
        var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: url.target)
        head.headers.add(name: "Host", value: url.hostHeader)
        for (name, value) in headers { head.headers.add(name: name, value: value) }
        let configuration = NIOTypedHTTPClientUpgradeConfiguration(
            upgradeRequestHead: head,
            upgraders: [upgrader],
            notUpgradingCompletionHandler: { channel in
                let promise = channel.eventLoop.makePromise(of: Refusal.self)
                promise.futureResult.whenComplete { _ in
                    timeout.cancel()
                    channel.close(promise: nil)
                }
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(RefusalHandler(promise: promise))
                    return .refused(promise.futureResult)
                }
            }
        )
        var pipeline = NIOUpgradableHTTPClientPipelineConfiguration(upgradeConfiguration: configuration)
        // A server may speak at once: its first frames then come in one read with the end of its answer.
        pipeline.leftOverBytesStrategy = .forwardBytes
        let upgrade = try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(configuration: pipeline)
        // Only now: what is written while NIO's upgrade handler is still at work is lost.
        return upgrade.flatMapThrowing { upgrade in
            if case .opened(let channel) = upgrade {
                try channel.pipeline.syncOperations.handler(type: WebSocketClientHandler.self).open(channel)
            }
            return upgrade
        }
    }

    /// Collects the HTTP answer that came in place of an upgrade: its status, and up to 4 KiB of its words.
    private final class RefusalHandler: ChannelInboundHandler {
        typealias InboundIn = HTTPClientResponsePart

        private let promise: EventLoopPromise<Refusal>
        private var refusal = Refusal()

        init(promise: EventLoopPromise<Refusal>) {
            self.promise = promise
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                refusal.status = head.status.code
                let now = WallClock.milliseconds() / 1000
                refusal.retryAfter = head.headers.first(name: "Retry-After").flatMap { RetryAfter.wait($0, now: now) }
            case .body(let part): if refusal.body.utf8.count < 4096 { refusal.body += String(buffer: part) }
            case .end: promise.succeed(refusal)
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { promise.fail(error) }

        func channelInactive(context: ChannelHandlerContext) {
            if refusal.status == 0 { promise.fail(ChannelError.eof) } else { promise.succeed(refusal) }
        }
    }
}
