import BybitCatalog
import Core
import NIOCore

@testable import EdgeNode

/// Requests of clients, and what they are told back: it quotes them, and must be JSON whatever they have sent.
enum RequestTarget {
    private static let dialects = DialectRegistry([OpDialect(brand: "tidegate"), ActionDialect(), GuideDialect()])
    private static let catalog = BybitCatalog()
    private static let position = Position(epoch: 1, sequence: 1)

    static func run(_ input: [UInt8], in id: DialectID) throws -> Bool {
        // Who reads frames has seen to it that a text is UTF-8.
        guard String(validating: input, as: UTF8.self) != nil else { return false }
        let message = ByteBuffer(bytes: input)
        _ = dialects.dialect(markedIn: message)
        let dialect = dialects[id]
        let outcome: Result<ClientRequest, ClientRequest.Failure> = Result {
            () throws(ClientRequest.Failure) in try dialect.request(message, in: catalog)
        }
        switch outcome {
        case .failure(let failure):
            try check(.error(failure.error), id: failure.id, dialect)
            return false
        case .success(let request):
            try BrokenPromise.unless(request.dialect == id, "a request is in the dialect that has read it")
            for reply in replies(to: request.operation) { try check(reply, id: request.id, dialect) }
            return true
        }
    }

    /// One of each kind that quotes the client.
    private static func replies(to operation: ClientRequest.Operation) -> [ClientReply] {
        switch operation {
        case .subscribe(let arguments), .unsubscribe(let arguments): replies(to: arguments)
        case .resume(let resume): replies(to: resume.wanted.map(\.argument))
        case .authenticate(.token(let text)), .authenticate(.apiKey(let text)):
            [.authenticated(user: text, expires: nil), .error(.unauthorized(text))]
        case .ping: [.pong(timestamp: 1)]
        case .alive: []
        }
    }

    private static func replies(to arguments: [StreamArgument]) -> [ClientReply] {
        var names: [StreamName] = []
        var accepted: [String] = []
        var rejected: [Rejection] = []
        for argument in arguments {
            switch argument.stream {
            case .success(let stream):
                names.append(stream.name)
                accepted.append(argument.spelling)
                rejected.append(.forbidden(argument.spelling))
            case .failure(let error): rejected.append(Rejection(argument.spelling, error))
            }
        }
        let positions = names.map { ($0.canonical, position) }
        return [
            .subscribed(accepted: accepted, rejected: rejected, positions: positions, token: nil),
            .resumed(streams: [], rejected: rejected, positions: positions, token: nil),
            .unsubscribed(accepted, asked: arguments.map(\.spelling)), .rejected(rejected),
        ]
    }

    private static func check(_ reply: ClientReply, id: String?, _ dialect: any Dialect) throws {
        let text = dialect.text(of: reply, id: id)
        // The dialect has no such message.
        guard text.readableBytes > 0 else { return }
        do throws(JSONError) {
            try text.readJSON { (cursor) throws(JSONError) in try cursor.skip() }
        } catch {
            throw BrokenPromise(description: "what a client is told is JSON: \(error) in \(String(buffer: text))")
        }
        let isUTF8 = String(validating: text.readableBytesView, as: UTF8.self) != nil
        try BrokenPromise.unless(isUTF8, "what a client is told is UTF-8")
    }
}
