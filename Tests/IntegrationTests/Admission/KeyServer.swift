import Core
import Crypto
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import TestSupport

@testable import EdgeNode

/// A server of keys on a port of its own, which does what the test says.
final class KeyServer: Sendable {
    enum Answer: Sendable {
        /// With status 200.
        case text(String, cacheControl: String? = nil)
        case status(Int)
        /// None at all.
        case stall
        /// 200, and so many bytes of a JSON text.
        case flood(Int)
        /// Half of an answer, and the end of the connection.
        case hangUp
    }

    let answer: Locked<Answer>
    /// The path of each request.
    let asked = Inbox<String>()
    let port: Int
    private let channel: any Channel

    /// - Parameter tls: Nil for a server without it.
    static func with(
        _ answer: Answer,
        tls: NIOSSLContext? = nil,
        _ body: (KeyServer) async throws -> Void
    ) async throws {
        let server = try await KeyServer(answer, tls)
        let result: Result<Void, any Error>
        do { result = .success(try await body(server)) } catch { result = .failure(error) }
        await server.die()
        try result.get()
    }

    private init(_ answer: Answer, _ tls: NIOSSLContext?) async throws {
        let current = Locked(answer)
        let asked = asked
        self.answer = current
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(current, asked))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    /// It answers nobody any more.
    func die() async { try? await channel.close() }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let answer: Locked<Answer>
        private let asked: Inbox<String>

        init(_ answer: Locked<Answer>, _ asked: Inbox<String>) {
            self.answer = answer
            self.asked = asked
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard case .head(let head) = unwrapInboundIn(data) else { return }
            asked.append([head.uri])
            switch answer.value {
            case .text(let text, let cacheControl):
                send(200, ByteBuffer(string: text), cacheControl: cacheControl, context)
            case .status(let status): send(status, ByteBuffer(string: "{}"), context)
            case .stall: return
            case .flood(let length): send(200, ByteBuffer(string: "[" + String(repeating: " ", count: length)), context)
            case .hangUp:
                let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: ["Content-Length": "100"])
                context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
                context.close(promise: nil)
            }
        }

        private func send(
            _ status: Int,
            _ body: ByteBuffer,
            cacheControl: String? = nil,
            _ context: ChannelHandlerContext
        ) {
            var headers = HTTPHeaders([("Content-Length", "\(body.readableBytes)")])
            if let cacheControl { headers.add(name: "Cache-Control", value: cacheControl) }
            let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: headers)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}

/// An issuer's key on P-256.
struct IssuerKey: Sendable {
    let id: String
    private let key: P256.Signing.PrivateKey

    init(_ id: String) {
        self.id = id
        key = P256.Signing.PrivateKey()
    }

    /// - Parameter pem: A key on P-256.
    init(_ id: String, pem: String) throws {
        self.id = id
        key = try P256.Signing.PrivateKey(pemRepresentation: pem)
    }

    /// A set with these keys.
    static func set(_ keys: IssuerKey...) -> String {
        let entries = keys.map { key in
            let point = Array(key.key.publicKey.rawRepresentation)
            let (x, y) = (Base64URL.encode(Array(point[..<32])), Base64URL.encode(Array(point[32...])))
            return #"{"kty":"EC","crv":"P-256","use":"sig","kid":"\#(key.id)","x":"\#(x)","y":"\#(y)"}"#
        }
        return #"{"keys":[\#(entries.joined(separator: ","))]}"#
    }

    /// Of `user`, for ten minutes from `now`, in milliseconds.
    func token(_ user: String, at now: Int64, hasID: Bool = true) throws -> String {
        let header = hasID ? #"{"alg":"ES256","kid":"\#(id)"}"# : #"{"alg":"ES256"}"#
        let payload = #"{"sub":"\#(user)","iat":\#(now / 1000),"exp":\#(now / 1000 + 600)}"#
        return try token(header: header, payload: payload)
    }

    /// Of any texts, rightly signed.
    func token(header: String, payload: String) throws -> String {
        let content = [header, payload].map { Base64URL.encode(Array($0.utf8)) }.joined(separator: ".")
        let signature = try key.signature(for: Array(content.utf8)).rawRepresentation
        return "\(content).\(Base64URL.encode(Array(signature)))"
    }
}
