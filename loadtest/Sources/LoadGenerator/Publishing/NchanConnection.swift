import NIOCore
import NIOHTTP1

/// One connection to nginx: posts go out together, answers come in their order. Lives on its loop. Awaits no more answers
/// than one batch has posts.
final class NchanConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    struct Post: Sendable {
        let path: String
        let host: String
        let data: ByteBuffer
    }

    private let eventLoop: any EventLoop
    private var context: ChannelHandlerContext?
    /// Posts that were answered, of how many.
    private var answered = 0
    private var sent = 0
    private var promise: EventLoopPromise<Int>?
    private var refusal: LoadFailure?

    init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    var isOpen: Bool { context != nil }

    /// Answers how many posts were answered: all, or fewer where nginx ended the connection. Fails where it refused one.
    func send(_ posts: ArraySlice<Post>) -> EventLoopFuture<Int> {
        guard let context else { return eventLoop.makeSucceededFuture(0) }
        let promise = eventLoop.makePromise(of: Int.self)
        (self.promise, answered, sent, refusal) = (promise, 0, posts.count, nil)
        for post in posts {
            var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: post.path)
            head.headers = ["Host": post.host, "Content-Length": "\(post.data.readableBytes)"]
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(post.data))), promise: nil)
            context.write(wrapOutboundOut(.end(nil)), promise: nil)
        }
        context.flush()
        return promise.futureResult
    }

    func close() { context?.close(promise: nil) }

    func channelActive(context: ChannelHandlerContext) { self.context = context }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            if head.status.code >= 300 { refusal = refusal ?? LoadFailure("nginx answered \(head.status)") }
            if !head.isKeepAlive { self.context = nil }
        case .body: break
        case .end:
            answered += 1
            if answered == sent { end() }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        end()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func end() {
        let promise = promise
        self.promise = nil
        if let refusal { promise?.fail(refusal) } else { promise?.succeed(answered) }
    }
}
