import NIOCore
import NIOHTTP1

/// A whole HTTP answer with a JSON body.
package struct HTTPReply: Sendable, Equatable {
    package var status: HTTPResponseStatus
    package var body: ByteBuffer
    package var headers: [(String, String)]

    package init(_ status: HTTPResponseStatus, body: ByteBuffer, headers: [(String, String)] = []) {
        self.status = status
        self.body = body
        self.headers = headers
    }

    package init(_ status: HTTPResponseStatus, json: String, headers: [(String, String)] = []) {
        self.init(status, body: ByteBuffer(string: json), headers: headers)
    }

    package static let notFound = HTTPReply(.notFound, json: #"{"error":"Not found"}"#)
    package static let methodNotAllowed = HTTPReply(
        .methodNotAllowed,
        json: #"{"error":"Method not allowed"}"#,
        headers: [("Allow", "GET, HEAD")]
    )

    package static func == (left: Self, right: Self) -> Bool {
        left.status == right.status && left.body == right.body
            && left.headers.elementsEqual(right.headers) { $0 == $1 }
    }

    /// Writes the answer to a request and flushes it; the connection is closed behind it unless the request keeps it
    /// alive.
    package func write(to request: HTTPRequestHead, context: ChannelHandlerContext) {
        var head = HTTPResponseHead(version: request.version, status: status)
        head.headers.add(name: "Content-Type", value: "application/json")
        head.headers.add(name: "Content-Length", value: "\(body.readableBytes)")
        for (name, value) in headers { head.headers.add(name: name, value: value) }
        if !request.isKeepAlive { head.headers.add(name: "Connection", value: "close") }
        context.write(NIOAny(HTTPServerResponsePart.head(head)), promise: nil)
        if request.method != .HEAD {
            context.write(NIOAny(HTTPServerResponsePart.body(.byteBuffer(body))), promise: nil)
        }
        let written = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(NIOAny(HTTPServerResponsePart.end(nil)), promise: written)
        guard !request.isKeepAlive else { return }
        let channel = context.channel
        written.futureResult.whenComplete { _ in channel.close(promise: nil) }
    }
}

extension HTTPRequestHead {
    /// The path without its query. A server must also take the absolute form (RFC 9112, 3.2.2): then what names the
    /// server is left out.
    package var path: Substring {
        let target = uri.prefix { $0 != "?" }
        guard !target.hasPrefix("/"), let authority = target.firstRange(of: "://")?.upperBound else { return target }
        let path = target[authority...].drop { $0 != "/" }
        return path.isEmpty ? "/" : path
    }
}
