import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// An auth service on a port of its own, which does what the test says. Closed when the test is over.
final class AuthServer: Sendable {
    enum Answer: Sendable {
        case text(Int, String)
        /// None at all.
        case stall
        /// Half of an answer, and the end of the connection.
        case hangUp
    }

    private struct State {
        var answer: Answer
        var questions: [String] = []
    }

    let port: Int
    private let state: Shared
    private let channel: any Channel

    /// - Parameter tls: Nil for a server without it.
    static func with(
        _ answer: Answer,
        tls: NIOSSLContext? = nil,
        _ body: (AuthServer) async throws -> Void
    ) async throws {
        let server = try await AuthServer(answer, tls)
        let result: Result<Void, any Error>
        do { result = .success(try await body(server)) } catch { result = .failure(error) }
        await server.die()
        try result.get()
    }

    private init(_ answer: Answer, _ tls: NIOSSLContext?) async throws {
        let state = Shared(answer)
        self.state = state
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(state))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    var url: String { "http://127.0.0.1:\(port)/check?for=tidegate" }

    /// The request and the body of each question.
    var questions: [String] { state.value.withLock(\.questions) }

    func answer(_ answer: Answer) { state.value.withLock { $0.answer = answer } }

    /// It answers nobody any more.
    func die() async { try? await channel.close() }

    private final class Shared: Sendable {
        let value: Mutex<State>

        init(_ answer: Answer) { value = Mutex(State(answer: answer)) }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let state: Shared
        private var question = ""

        init(_ state: Shared) { self.state = state }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): question = "\(head.method.rawValue) \(head.uri) "
            case .body(let part): question += String(buffer: part)
            case .end: answer(context)
            }
        }

        private func answer(_ context: ChannelHandlerContext) {
            let question = question
            let answer = state.value.withLock { state in
                state.questions.append(question)
                return state.answer
            }
            switch answer {
            case .stall: return
            case .text(let status, let text):
                let body = ByteBuffer(string: text)
                var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: status))
                head.headers.add(name: "Content-Length", value: "\(body.readableBytes)")
                context.write(wrapOutboundOut(.head(head)), promise: nil)
                context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            case .hangUp:
                let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: ["Content-Length": "100"])
                context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
                context.close(promise: nil)
            }
        }
    }
}
