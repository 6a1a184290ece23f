import Core
import NIOCore

@testable import EdgeNode

/// A fourth dialect, of which no file of the node knows: lines of words, no JSON, on a path of its own.
///
///     SUB ticker.BTCUSDT | OUT ticker.BTCUSDT | BACK ticker.BTCUSDT 1 5 | BACK token | PING | HERE
struct LineDialect: Dialect {
    static let lines = DialectID(number: 9)

    let id = LineDialect.lines
    let path: String? = "/lines"
    let keepAlive = KeepAlive.text(ByteBuffer(string: "STILL THERE?"))

    func request(_ message: ByteBuffer, in catalog: any StreamCatalog) throws(ClientRequest.Failure) -> ClientRequest {
        func named(_ word: String) -> StreamArgument { StreamArgument(word, dialect: id, in: catalog) }
        let words = String(buffer: message).split(separator: " ").map(String.init)
        let operation: ClientRequest.Operation
        switch (words.first, words.count) {
        case ("SUB", 2...): operation = .subscribe(words.dropFirst().map(named))
        case ("OUT", 2...): operation = .unsubscribe(words.dropFirst().map(named))
        case ("BACK", 4):
            guard let epoch = UInt64(words[2]), let sequence = UInt64(words[3]) else {
                throw ClientRequest.Failure(id: nil, error: .invalidArguments("BACK takes a stream and two numbers"))
            }
            let claim = ResumeClaim(epoch: epoch, sequence: sequence)
            operation = .resume(ResumeRequest(listed: [], positions: [(named(words[1]), claim)]))
        case ("BACK", 2): operation = .resume(ResumeRequest(listed: [], token: words[1]))
        case ("PING", 1): operation = .ping
        case ("HERE", 1): operation = .alive
        default: throw ClientRequest.Failure(id: nil, error: .unknownOperation(words.first ?? ""))
        }
        return ClientRequest(dialect: id, id: nil, operation: operation)
    }

    func text(of reply: ClientReply, id: String?) -> ByteBuffer {
        let line: String
        switch reply {
        case .subscribed(let accepted, let rejected, _, _):
            line = "IN " + (accepted + rejected.map { "-\($0.spelling)" }).joined(separator: " ")
        case .unsubscribed(let removed, _): line = "OUT " + removed.joined(separator: " ")
        case .resumed(let streams, _, _, _):
            line = "BACK " + streams.map { "\($0.spelling) \($0.isRecovered)" }.joined(separator: " ")
        case .authenticated(let user, _): line = "YOU " + (user ?? "")
        case .tokenExpiring(let milliseconds): line = "SOON \(milliseconds)"
        case .pong: line = "PONG"
        case .error(let error): line = "NO \(error.code)"
        case .rejected(let rejected): line = "ENDED " + rejected.map(\.spelling).joined(separator: " ")
        case .gap(let stream, let from, let to, _, let reason):
            line = "MISSED \(stream) \(from) \(to) \(reason.rawValue)"
        case .goingAway(_, let token): line = "LEAVE" + (token.map { " \($0)" } ?? "")
        }
        return ByteBuffer(string: line)
    }

    func encoder(of stream: StreamDescriptor) -> any FrameEncoder {
        LineFrames(stream: stream.presentation.name(in: id), dialect: self)
    }

    func greeting(clientCount: Int) -> ByteBuffer { ByteBuffer(string: "HELLO") }

    func closeCode(for departure: Departure) -> CloseCode {
        switch departure {
        case .drain: CloseCode(rawValue: 4200)
        case .slow: CloseCode(rawValue: 4100)
        case .idle: CloseCode(rawValue: 4201)
        case .unanswered: CloseCode(rawValue: 4202)
        default: CloseCode(rawValue: 4001)
        }
    }
}

private struct LineFrames: FrameEncoder {
    let stream: String
    let dialect: LineDialect

    func frame(of publication: Publication, first: UInt64?, tellsEpoch: Bool) -> ByteBuffer {
        let word = publication.kind == .snapshot ? "STATE" : "NEXT"
        let range = first.map { "\($0)-" } ?? ""
        return WebSocketFrame.text(
            ByteBuffer(string: "\(word) \(stream) \(range)\(publication.position.sequence)")
        )
    }

    func gap(from: UInt64, to: UInt64, epoch: UInt64, reason: GapReason) -> ByteBuffer? {
        let gap = ClientReply.gap(stream: stream, from: from, to: to, epoch: epoch, reason: reason)
        return WebSocketFrame.text(dialect.text(of: gap, id: nil))
    }
}

extension ResumedStream {
    fileprivate var isRecovered: Bool { if case .recovered = outcome { true } else { false } }
}
