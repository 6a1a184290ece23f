import NIOCore
import NIOHTTP1

/// Where HTTP stands on a server's connection: one request at a time, its answer, then the next. Pure: parts of requests
/// and answers in, what is to be done out.
///
/// Bodies are counted and thrown away, up to `maximumBodyBytes`. A request that HTTP itself forbids is refused with the
/// answer that RFC 9110 and 9112 name, and is the last of its connection: where the next one would begin is not certain.
struct HTTPExchange {
    static let maximumBodyBytes = 65_536

    enum Action: Equatable {
        case none
        /// The client waits to be told that its body is wanted (RFC 9110, 10.1.1).
        case encourage
        /// A whole request, to be answered.
        case deliver(HTTPRequestHead)
        case refuse(HTTPReply)
    }

    /// What is written as the answer.
    struct Answer: Equatable {
        let head: HTTPResponseHead
        /// Nil where the request wants none.
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
        case receiving(HTTPRequestHead, bodyBytes: Int)
        case answering(HTTPRequestHead, isLast: Bool)
        /// The answer is on its way to the socket.
        case written(Sequel)
    }

    private var state = State.idle

    mutating func take(_ part: HTTPServerRequestPart) -> Action {
        switch (state, part) {
        case (.idle, .head(let head)):
            if let reply = HTTPRequestRules.refusal(of: head) { return refuse(reply, head) }
            state = .receiving(head, bodyBytes: 0)
            return head.expectsContinue ? .encourage : .none
        case (.receiving(let head, let bytes), .body(let part)):
            let sum = bytes + part.readableBytes
            guard sum <= Self.maximumBodyBytes else { return refuse(.contentTooLarge, head) }
            state = .receiving(head, bodyBytes: sum)
            return .none
        case (.receiving(let head, _), .end):
            state = .answering(head, isLast: !head.isKeepAlive || head.endsHTTP)
            return .deliver(head)
        default:
            return .none
        }
    }

    /// The decoder takes nothing more.
    mutating func fail(_ error: HTTPParserError) -> Action {
        switch state {
        case .idle: refuse(HTTPReply(refusing: error), HTTPRequestHead(version: .http1_0, method: .GET, uri: "/"))
        case .receiving(let head, _): refuse(HTTPReply(refusing: error), head)
        case .answering(let head, _): finish(with: head)
        case .written(.nextRequest): close()
        case .written: .none
        }
    }

    /// Nil where no request waits for an answer.
    mutating func answer(_ reply: HTTPReply, at seconds: Int64) -> Answer? {
        guard case .answering(let request, let isLast) = state else { return nil }
        let isUpgrade = reply.status == .switchingProtocols
        state = .written(isUpgrade ? .upgraded : isLast ? .close : .nextRequest)
        var head = HTTPResponseHead(version: .http1_1, status: reply.status)
        if request.version == .http1_0 { head.version = .http1_0 }
        if !isUpgrade {
            head.headers.add(name: "Content-Type", value: "application/json")
            head.headers.add(name: "Content-Length", value: "\(reply.body.readableBytes)")
            head.headers.add(name: "Date", value: HTTPDate.text(secondsSince1970: seconds))
        }
        for (name, value) in reply.headers { head.headers.add(name: name, value: value) }
        if isLast, !isUpgrade {
            head.headers.add(name: "Connection", value: "close")
        } else if request.version == .http1_0 {
            head.headers.add(name: "Connection", value: "keep-alive")
        }
        return Answer(head: head, body: request.method == .HEAD || isUpgrade ? nil : reply.body)
    }

    mutating func wasWritten() -> Sequel {
        guard case .written(let sequel) = state else { return .close }
        if case .nextRequest = sequel { state = .idle }
        return sequel
    }

    private mutating func refuse(_ reply: HTTPReply, _ head: HTTPRequestHead) -> Action {
        state = .answering(head, isLast: true)
        return .refuse(reply)
    }

    private mutating func finish(with head: HTTPRequestHead) -> Action {
        state = .answering(head, isLast: true)
        return .none
    }

    private mutating func close() -> Action {
        state = .written(.close)
        return .none
    }
}

extension HTTPRequestHead {
    /// The decoder takes nothing more as HTTP behind such a request, whatever its answer.
    fileprivate var endsHTTP: Bool {
        method == .CONNECT || headers[canonicalForm: "connection"].contains { $0.lowercased() == "upgrade" }
    }

    fileprivate var expectsContinue: Bool {
        version != .http1_0 && headers[canonicalForm: "expect"].contains { $0.lowercased() == "100-continue" }
    }
}
