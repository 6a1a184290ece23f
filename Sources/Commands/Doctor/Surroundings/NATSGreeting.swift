import Core
import NIOCore
import NIOPosix
import Platform

/// The first line of a nats-server, which it sends in plain text to whoever connects: `INFO {"version":"2.10.1",...}`. A value.
struct NATSGreeting: Sendable, Hashable {
    struct NotUnderstood: Error, CustomStringConvertible {
        let description: String
    }

    private static let maximumLength = 64 << 10

    let version: String
    /// In bytes; nil where it does not say.
    let maximumPayload: Int?

    init(_ line: String) throws(NotUnderstood) {
        guard line.hasPrefix("INFO ") else { throw NotUnderstood(description: "it does not greet as nats-server does") }
        var version: String?
        var maximum: Int64?
        let text = ByteBuffer(string: String(line.dropFirst(5)))
        let isRead: Void? = try? text.readJSON { (cursor) throws(JSONError) in
            try cursor.object { (name, cursor) throws(JSONError) in
                if name.equals("version") {
                    version = try cursor.plainString()
                } else if name.equals("max_payload") {
                    maximum = try cursor.integer()
                } else {
                    try cursor.skip()
                }
            }
        }
        guard isRead != nil, let version else { throw NotUnderstood(description: "its greeting can't be read") }
        self.version = version
        maximumPayload = maximum.map { Int($0) }
    }

    /// - Parameter server: `nats://host:port` or `tls://host:port`.
    static func read(from server: Substring, _ surroundings: Surroundings) async throws -> NATSGreeting {
        let place = server.firstRange(of: "://").map { server[$0.upperBound...] } ?? server
        let address = try ServerAddress(place)
        let loop = surroundings.group.next()
        let promise = loop.makePromise(of: String.self)
        let connecting = ClientBootstrap(group: loop)
            .connectTimeout(TimeAmount(surroundings.patience))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(FirstLine(promise))
                }
            }
            .connect(host: address.host, port: address.port ?? 4222)
        connecting.cascadeFailure(to: promise)
        let deadline = loop.scheduleTask(in: TimeAmount(surroundings.patience)) {
            promise.fail(NotUnderstood(description: "no greeting in time"))
        }
        promise.futureResult.whenComplete { _ in
            deadline.cancel()
            connecting.whenSuccess { $0.close(promise: nil) }
        }
        return try NATSGreeting(try await promise.futureResult.get())
    }

    /// Reads up to the end of a line. Lives on the connection's loop.
    private final class FirstLine: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let promise: EventLoopPromise<String>
        private var bytes = ByteBuffer()

        init(_ promise: EventLoopPromise<String>) { self.promise = promise }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var part = unwrapInboundIn(data)
            bytes.writeBuffer(&part)
            let view = bytes.readableBytesView
            if let end = view.firstIndex(of: UInt8(ascii: "\r")) {
                promise.succeed(String(decoding: view[..<end], as: UTF8.self))
            } else if bytes.readableBytes > NATSGreeting.maximumLength {
                promise.fail(NotUnderstood(description: "its greeting does not end"))
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            promise.fail(error)
            context.close(promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) { promise.fail(ChannelError.eof) }
    }
}
