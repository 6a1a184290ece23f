import NIOCore
import NIOHTTP1

/// Where HTTP stands on a server's connection: one request at a time, its answer, then the next. Pure: parts of requests
/// and answers in, what is to be done out.
///
/// A request that HTTP itself forbids is refused with the answer that RFC 9110 and 9112 name, and is the last of its
/// connection: where the next one would begin is not certain. Bound: `HTTPBody`.
struct HTTPExchange {
    enum Action: Equatable {
        case none
        /// The client waits to be told that its body is wanted (RFC 9110, 10.1.1).
        case encourage
        /// A whole request, to be answered.
        case deliver(HTTPRequest)
        case refuse(HTTPReply)
    }

    /// What is written as the answer.
    struct Answer: Equatable {
        let head: HTTPResponseHead
        /// Nil where there is none.
        let body: ByteBuffer?
    }

    /// What follows when an answer is out.
    enum Sequel {
        case nextRequest
        case close
        /// The connection speaks another protocol now.
        case upgraded
    }

    private enum State {
        case idle
        case receiving(HTTPRequestHead)
        case answering(HTTPRequestHead, isLast: Bool)
        /// The answer is on its way to the socket.
        case written(Sequel)
    }

    private var state = State.idle
    /// Of the request that comes in.
    private var body = HTTPBody(wanted: 0)

    /// - Parameter wanted: How many bytes of body are wanted of such a request.
    mutating func take(_ part: HTTPServerRequestPart, wanted: (HTTPRequestHead) -> Int = { _ in 0 }) -> Action {
        switch (state, part) {
        case (.idle, .head(let head)):
            body = HTTPBody(wanted: wanted(head))
            if let reply = HTTPRequestRules.refusal(of: head, bodyLimit: body.limit) { return refuse(reply, head) }
            state = .receiving(head)
            return head.waitsToSendBody ? .encourage : .none
        case (.receiving(let head), .body(let part)):
            return body.take(part) ? .none : refuse(.contentTooLarge(limit: body.limit), head)
        case (.receiving(let head), .end):
            state = .answering(head, isLast: !head.isKeepAlive || head.endsHTTP)
            return .deliver(HTTPRequest(head: head, body: takeBody()))
        default:
            return .none
        }
    }

    /// The decoder takes nothing more.
    ///
    /// - Parameter isInTarget: Whether the line with the method and the target was not over yet.
    mutating func fail(_ error: HTTPParserError, isInTarget: Bool = false) -> Action {
        switch state {
        case .idle:
            let head = HTTPRequestHead(version: .http1_0, method: .GET, uri: "/")
            return refuse(HTTPReply(refusing: error, isInTarget: isInTarget), head)
        case .receiving(let head): return refuse(HTTPReply(refusing: error, isInTarget: false), head)
        case .answering(let head, _): state = .answering(head, isLast: true)
        case .written(.nextRequest): state = .written(.close)
        case .written: break
        }
        return .none
    }

    /// No whole request has come since the last answer.
    var awaitsRequest: Bool {
        switch state {
        case .idle, .receiving: true
        case .answering, .written: false
        }
    }

    /// The time for the request is over. What is answered then, as the last thing on this connection; nil where nobody
    /// waits for an answer.
    mutating func giveUp() -> HTTPReply? {
        guard case .answering(let head, _) = state else { return nil }
        state = .answering(head, isLast: true)
        return .notAnswered
    }

    /// Nil where no request waits for an answer.
    mutating func answer(_ reply: HTTPReply, at seconds: Int64) -> Answer? {
        guard case .answering(let request, let isLast) = state else { return nil }
        let isUpgrade = reply.status == .switchingProtocols
        state = .written(isUpgrade ? .upgraded : isLast ? .close : .nextRequest)
        var head = HTTPResponseHead(version: .http1_1, status: reply.status)
        if request.version == .http1_0 { head.version = .http1_0 }
        if reply.hasContent {
            head.headers.add(name: "Content-Type", value: reply.type.text)
            head.headers.add(name: "Content-Length", value: "\(reply.body.readableBytes)")
        }
        if !isUpgrade { head.headers.add(name: "Date", value: HTTPDate.text(secondsSince1970: seconds)) }
        for (name, value) in reply.headers { head.headers.add(name: name, value: value) }
        if isLast, !isUpgrade {
            head.headers.add(name: "Connection", value: "close")
        } else if request.version == .http1_0 {
            head.headers.add(name: "Connection", value: "keep-alive")
        }
        return Answer(head: head, body: request.method == .HEAD || !reply.hasContent ? nil : reply.body)
    }

    mutating func wasWritten() -> Sequel {
        guard case .written(let sequel) = state else { return .close }
        if case .nextRequest = sequel { state = .idle }
        return sequel
    }

    private mutating func refuse(_ reply: HTTPReply, _ head: HTTPRequestHead) -> Action {
        _ = takeBody()
        state = .answering(head, isLast: true)
        return .refuse(reply)
    }

    /// Nothing of it is kept here while it is answered.
    private mutating func takeBody() -> ByteBuffer {
        defer { body = HTTPBody(wanted: 0) }
        return body.bytes
    }
}

extension HTTPRequestHead {
    /// The decoder takes nothing more as HTTP behind such a request, whatever its answer.
    fileprivate var endsHTTP: Bool {
        method == .CONNECT || headers[canonicalForm: "connection"].contains { $0.lowercased() == "upgrade" }
    }

    /// HTTP/1.0 knows no such expectation, and where no body comes nothing is to be waited for.
    fileprivate var waitsToSendBody: Bool {
        version != .http1_0 && headers.contains(name: "expect")
            && (headers.contains(name: "transfer-encoding")
                || headers.first(name: "content-length").flatMap(UInt64.init).map { $0 > 0 } ?? false)
    }
}
