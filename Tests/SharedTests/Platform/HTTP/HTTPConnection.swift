import NIOCore
import NIOEmbedded
import NIOHTTP1

@testable import Platform

/// A server's connection with the handlers of HTTP, whose requests are answered when the test says so.
final class HTTPConnection {
    /// Takes the requests.
    private final class Desk: ChannelInboundHandler, RemovableChannelHandler {
        typealias InboundIn = HTTPRequestHead
        typealias OutboundOut = HTTPReply

        var requests: [HTTPRequestHead] = []
        var answer: ((HTTPRequestHead) -> HTTPReply)?
        var context: ChannelHandlerContext?

        func handlerAdded(context: ChannelHandlerContext) { self.context = context }
        func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let head = unwrapInboundIn(data)
            requests.append(head)
            if let answer { write(answer(head)) }
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

    /// - Parameter answer: Answers a request; nil where the test answers.
    init(_ answer: ((HTTPRequestHead) -> HTTPReply)?) throws {
        desk.answer = answer
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(socket)
        try HTTPServerPipeline.add(to: pipeline, timeout: Self.timeout, now: { 784_111_777 })
        try pipeline.addHandler(desk, name: Self.deskName)
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/peer")).wait()
    }

    /// As far as they were given to whoever answers.
    var requests: [String] { desk.requests.map { "\($0.method) \($0.uri)" } }

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
