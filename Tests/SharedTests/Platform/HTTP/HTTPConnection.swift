import NIOCore
import NIOEmbedded
import NIOHTTP1

@testable import Platform

/// A server's connection with the handlers of HTTP, whose requests are answered when the test says so.
final class HTTPConnection {
    /// Takes the requests.
    private final class Desk: ChannelInboundHandler, RemovableChannelHandler {
        typealias InboundIn = HTTPRequest
        typealias OutboundOut = HTTPReply

        var requests: [HTTPRequest] = []
        var abandoned = 0
        var answer: ((HTTPRequest) -> HTTPReply)?
        var context: ChannelHandlerContext?

        func handlerAdded(context: ChannelHandlerContext) { self.context = context }
        func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let request = unwrapInboundIn(data)
            requests.append(request)
            if let answer { write(answer(request)) }
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if event is HTTPRequestAbandoned { abandoned += 1 }
        }

        func write(_ reply: HTTPReply) { context?.writeAndFlush(wrapOutboundOut(reply), promise: nil) }
    }

    /// Stands for the socket: takes what is written only while it has room, and counts how often it is to be read.
    private final class Socket: ChannelOutboundHandler {
        typealias OutboundIn = IOData
        typealias OutboundOut = IOData

        var isFull = false
        var reads = 0
        private var waiting: [EventLoopPromise<Void>] = []

        func read(context: ChannelHandlerContext) {
            reads += 1
            context.read()
        }

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            context.write(data, promise: nil)
            guard let promise else { return }
            if isFull { waiting.append(promise) } else { promise.succeed() }
        }

        func drain() {
            isFull = false
            let promises = waiting
            waiting = []
            for promise in promises { promise.succeed() }
        }
    }

    static let timeout: TimeAmount = .seconds(10)
    static let deskName = "desk"

    let channel = EmbeddedChannel()
    private let desk = Desk()
    private let socket = Socket()

    /// - Parameters:
    ///   - wanting: How many bytes of body are wanted of each request.
    ///   - answer: Answers a request; nil where the test answers.
    init(
        wanting wantedBody: @escaping (HTTPRequestHead) -> Int = { _ in 0 },
        _ answer: ((HTTPRequest) -> HTTPReply)?
    ) throws {
        desk.answer = answer
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(socket)
        let (timeout, now) = (Self.timeout, { 784_111_777 as Int64 })
        try HTTPServerPipeline.add(to: pipeline, timeout: timeout, wantedBody: wantedBody, now: now)
        try pipeline.addHandler(desk, name: Self.deskName)
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/peer")).wait()
    }

    /// Its requests are answered by pages that do so at once.
    convenience init(pages: [TestPage]) throws {
        let router = HTTPRouter(pages)
        try self.init(wanting: router.wantedBody) { request in
            guard case .now(let reply) = router.answer(request) else { return HTTPReply(.notImplemented, text: "") }
            return reply
        }
    }

    /// As far as they were given to whoever answers.
    var requests: [String] { desk.requests.map { "\($0.method) \($0.head.uri)" } }

    var bodies: [String] { desk.requests.map { String(buffer: $0.body) } }

    /// How often whoever answers was told that it is too late.
    var abandoned: Int { desk.abandoned }

    var reads: Int { socket.reads }

    /// The client takes nothing of what it is sent.
    func fillSocket() { socket.isFull = true }

    /// The client has taken all.
    func drainSocket() { socket.drain() }

    func answer(_ reply: HTTPReply = HTTPReply(.ok, json: "{}")) { desk.write(reply) }

    /// What the socket brings in one read.
    func receive(_ text: String) throws { try channel.writeInbound(ByteBuffer(string: text)) }

    /// All that was written since the last call.
    func sent() throws -> String {
        var text = ""
        while let part = try channel.readOutbound(as: IOData.self) {
            if case .byteBuffer(let buffer) = part { text += String(buffer: buffer) }
        }
        return text
    }

    /// The numbers of the answers written since the last call.
    func statuses() throws -> [Int] {
        try sent().split(separator: "HTTP/1.").compactMap { Int($0.dropFirst(2).prefix(3)) }
    }
}
