import NIOCore
import NIOEmbedded
import NIOHTTP1
import Platform

@testable import EdgeNode

/// Requests for a WebSocket and whatever else comes by HTTP: the HTTP handlers of a node's port, and what it decides by. The node's
/// own handler is in the attack table, and tokens are in `TokenTarget`.
enum HandshakeTarget {
    /// Longer ones are cut off in the middle where they come in one read.
    private static let maximumLength = 16_384
    private static let statuses: Set<Int> = [100, 101, 400, 401, 404, 413, 414, 417, 426, 431]

    static func run(_ input: [UInt8]) throws -> Bool {
        guard input.count <= maximumLength else { return false }
        let request = CutInput(input)
        let whole = try answers(to: request.whole)
        try BrokenPromise.unless(
            try answers(to: request.pieces).map(sameFault) == whole.map(sameFault),
            "requests are answered the same however they are cut: \(whole)"
        )
        try BrokenPromise.unless(statuses.isSuperset(of: whole), "a request is answered as HTTP says: \(whole)")
        return whole.contains(101)
    }

    /// A head that is both too long and garbled is refused for what is seen first, which depends on where it is cut.
    private static func sameFault(_ status: Int) -> Int { [414, 431].contains(status) ? 400 : status }

    /// The numbers of all answers.
    private static func answers(to pieces: [ByteBuffer]) throws -> [Int] {
        let channel = EmbeddedChannel()
        // Else the channel and its handlers hold each other for ever.
        defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
        let pipeline = channel.pipeline.syncOperations
        try HTTPServerPipeline.add(to: pipeline, timeout: .seconds(10), now: { 1_800_000_000 })
        try pipeline.addHandler(Door())
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/peer")).wait()
        for piece in pieces {
            // What is wrong with it is told by the answer.
            _ = try? channel.writeInbound(piece)
            channel.embeddedEventLoop.run()
        }
        var text = ""
        while let part = try? channel.readOutbound(as: IOData.self) {
            if case .byteBuffer(let buffer) = part { text += String(buffer: buffer) }
        }
        return text.split(separator: "HTTP/1.").compactMap { Int($0.dropFirst(2).prefix(3)) }
    }

    /// Decides as a node does, and answers at once.
    private final class Door: ChannelInboundHandler, RemovableChannelHandler {
        typealias InboundIn = HTTPRequest
        typealias OutboundOut = HTTPReply

        private let paths = WebSocketPaths(dialects: DialectRegistry([GuideDialect()]), echo: "/echo")
        private let proxies = TrustedProxies(IPRanges.parse("127.0.0.0/8,10.0.0.0/8,::1") ?? .none)
        private let admission = CredentialAdmission(
            mode: .optional,
            authenticators: [],
            counters: AdmissionCounters()
        )

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let reply = answer(unwrapInboundIn(data))
            context.writeAndFlush(wrapOutboundOut(reply), promise: nil)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

        private func answer(_ request: HTTPRequest) -> HTTPReply {
            guard paths.endpoint(for: request.head) != nil else { return .notFound }
            switch WebSocketHandshake.decide(request.head) {
            case .refuse(let reply): return reply
            case .accept(var headers):
                let address = proxies.client(IPAddress("127.0.0.1"), request.headers)
                let upgrade = UpgradeRequest(head: request.head, peer: nil, address: address)
                _ = upgrade.origin
                switch admission.decideAtOnce(upgrade) {
                case .failure(let reply)?: return reply
                case .success(let admitted)?:
                    if let selected = admitted.subprotocol {
                        headers.add(name: "Sec-WebSocket-Protocol", value: selected)
                    }
                case nil: return .notFound
                }
                let fields = headers.map { ($0.name, $0.value) }
                return HTTPReply(.switchingProtocols, body: ByteBuffer(), headers: fields)
            }
        }
    }
}
