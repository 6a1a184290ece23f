import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// One question over a connection of its own, for the few that a process asks by HTTP: a GET, or a POST where there is
/// something to say.
///
/// Bounded by its deadline, from the first attempt to connect to the last byte, and by the length of the body. Redirects are
/// not followed.
package struct HTTPGet: Sendable {
    package struct Answer: Sendable {
        package var status: Int
        /// How long the server asks to be left alone.
        package var retryAfter: Duration?
        /// The header `Cache-Control`, of several the values with commas in between; nil where there is none.
        package var cacheControl: String?
        /// What the server takes the time to be, in seconds since 1970; nil where it does not say.
        package var date: Int64?
        package var body: ByteBuffer

        package init(
            status: Int,
            retryAfter: Duration? = nil,
            cacheControl: String? = nil,
            date: Int64? = nil,
            body: ByteBuffer
        ) {
            self.status = status
            self.retryAfter = retryAfter
            self.cacheControl = cacheControl
            self.date = date
            self.body = body
        }
    }

    package enum Failure: Error, CustomStringConvertible {
        case timeout(TimeAmount)
        case tooLong(Int)
        case ended

        package var description: String {
            switch self {
            case .timeout(let time): "no whole answer within \(time.nanoseconds / 1_000_000_000) s"
            case .tooLong(let bytes): "the answer has more than \(bytes) bytes"
            case .ended: "the connection ended before the answer did"
            }
        }
    }

    private let group: any EventLoopGroup
    private let timeout: TimeAmount
    private let maximumBodyBytes: Int
    private let tls: HTTPClientTLS

    package init(
        group: any EventLoopGroup,
        timeout: TimeAmount = .seconds(10),
        maximumBodyBytes: Int = 8 << 20,
        trustRoots: NIOSSLTrustRoots = .default
    ) {
        self.group = group
        self.timeout = timeout
        self.maximumBodyBytes = maximumBodyBytes
        tls = HTTPClientTLS(trustRoots)
    }

    /// - Parameters:
    ///   - target: Path and query, beginning with '/', in plain characters.
    ///   - body: JSON to be posted; nil for a GET.
    package func ask(_ host: HTTPHost, _ target: String, posting body: ByteBuffer? = nil) async throws -> Answer {
        let tls = try host.isSecure ? tls.context : nil
        let loop = group.next()
        let answer = loop.makePromise(of: Answer.self)
        let connecting = ClientBootstrap(group: loop)
            .connectTimeout(timeout)
            .channelInitializer { [maximumBodyBytes] channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        let name = host.isIPAddress ? nil : host.name
                        let handler = try NIOSSLClientHandler(context: tls, serverHostname: name)
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(
                        Collector(answer, maximumBodyBytes: maximumBodyBytes)
                    )
                }
            }
            .connect(host: host.name, port: host.port)
        connecting.cascadeFailure(to: answer)
        let deadline = loop.scheduleTask(in: timeout) { [timeout] in answer.fail(Failure.timeout(timeout)) }
        connecting.whenSuccess { channel in
            var head = HTTPRequestHead(version: .http1_1, method: body == nil ? .GET : .POST, uri: target)
            head.headers.add(name: "Host", value: host.header)
            head.headers.add(name: "Accept", value: "application/json")
            head.headers.add(name: "User-Agent", value: "tidegate")
            head.headers.add(name: "Connection", value: "close")
            if let body {
                head.headers.add(name: "Content-Type", value: "application/json")
                head.headers.add(name: "Content-Length", value: "\(body.readableBytes)")
            }
            channel.write(HTTPClientRequestPart.head(head), promise: nil)
            if let body { channel.write(HTTPClientRequestPart.body(.byteBuffer(body)), promise: nil) }
            channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
        }
        answer.futureResult.whenComplete { _ in
            deadline.cancel()
            // Also a connection that comes too late.
            connecting.whenSuccess { $0.close(promise: nil) }
        }
        return try await withTaskCancellationHandler {
            try await answer.futureResult.get()
        } onCancel: {
            answer.fail(CancellationError())
        }
    }

    /// Gathers the one answer. Lives on the connection's loop.
    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = HTTPClientResponsePart

        private let promise: EventLoopPromise<Answer>
        private let maximumBodyBytes: Int
        private var answer: Answer?

        init(_ promise: EventLoopPromise<Answer>, maximumBodyBytes: Int) {
            self.promise = promise
            self.maximumBodyBytes = maximumBodyBytes
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                let now = WallClock.milliseconds() / 1000
                let wait = head.headers.first(name: "Retry-After").flatMap { RetryAfter.wait($0, now: now) }
                let caching = head.headers["Cache-Control"]
                answer = Answer(
                    status: Int(head.status.code),
                    retryAfter: wait,
                    cacheControl: caching.isEmpty ? nil : caching.joined(separator: ","),
                    date: head.headers.first(name: "Date").flatMap { HTTPDate.secondsSince1970($0) },
                    body: ByteBuffer()
                )
            case .body(var part):
                let length = (answer?.body.readableBytes ?? 0) + part.readableBytes
                guard length <= maximumBodyBytes else { return promise.fail(Failure.tooLong(maximumBodyBytes)) }
                answer?.body.writeBuffer(&part)
            case .end: if let answer { promise.succeed(answer) }
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            promise.fail(error)
            context.close(promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) {
            promise.fail(Failure.ended)
            context.fireChannelInactive()
        }
    }
}
