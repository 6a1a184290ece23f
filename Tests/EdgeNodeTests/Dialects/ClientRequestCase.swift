import BybitCatalog
import Core
import NIOCore
import Testing

@testable import EdgeNode

/// A request as a client sends it, and what must be read from it.
struct ClientRequestCase: CustomTestStringConvertible {
    var text: String
    var dialect: DialectID?
    var id: String?
    var outcome: Outcome

    enum Outcome: Equatable {
        /// Canonical names, or why there is none; with `maxRate` behind an `@`.
        case subscribe([String])
        case unsubscribe([String])
        /// Each stream with its rate behind an `@` and its position behind a `#`; a token behind a `!`.
        case resume([String])
        case authenticate
        case ping
        case alive
        case fails(code: String, message: String)
    }

    init(_ text: String, _ dialect: DialectID?, id: String? = nil, _ outcome: Outcome) {
        self.text = text
        self.dialect = dialect
        self.id = id
        self.outcome = outcome
    }

    var testDescription: String { String(text.prefix(80)) }

    /// What the code under test makes of it.
    func read() -> ClientRequestCase {
        let registry = DialectRegistry.tidegate
        let message = ByteBuffer(string: text)
        let marked = registry.dialect(markedIn: message)
        do throws(ClientRequest.Failure) {
            let request = try registry[marked ?? .op].request(message, in: BybitCatalog())
            let outcome: Outcome =
                switch request.operation {
                case .subscribe(let arguments): .subscribe(arguments.map(Self.name))
                case .unsubscribe(let arguments): .unsubscribe(arguments.map(Self.name))
                case .resume(let resume):
                    .resume(resume.wanted.map(Self.name) + (resume.token.map { ["!\($0)"] } ?? []))
                case .authenticate: .authenticate
                case .ping: .ping
                case .alive: .alive
                }
            return ClientRequestCase(text, request.dialect, id: request.id, outcome)
        } catch {
            let message = error.error.message(in: marked ?? .op)
            return ClientRequestCase(
                text,
                marked,
                id: error.id,
                .fails(code: error.error.code, message: message)
            )
        }
    }

    /// `ticker.BTCUSDT=ticker:BTCUSDT@2.0#7:5`: what it names, how it is spelled, rate, epoch and sequence.
    private static func name(_ wanted: ResumeRequest.Wanted) -> String {
        var claim = ""
        if let position = wanted.claim {
            claim = "#" + (position.epoch.map { "\($0):" } ?? "") + "\(position.sequence)"
        }
        let spelling = wanted.argument.spelling
        var plain = wanted.argument
        plain.maxRate = nil
        let rate = wanted.argument.maxRate.map { "@\($0)" } ?? ""
        return "\(name(plain))=\(spelling)\(rate)\(claim)"
    }

    private static func name(_ argument: StreamArgument) -> String {
        let name =
            switch argument.stream {
            case .success(let stream): stream.name.canonical
            case .failure(let error): "!\(error)"
            }
        return name + (argument.maxRate.map { "@\($0)" } ?? "")
    }
}

extension ClientRequestCase {
    static let invalidJSON = Outcome.fails(code: "INVALID_JSON", message: "Invalid JSON message")
    static let noStreams = Outcome.fails(code: "INVALID_ARGS", message: "No streams specified")
    static let notAnArray = Outcome.fails(code: "INVALID_ARGS", message: "Streams must be an array of strings")
    static let notStreams = Outcome.fails(code: "INVALID_ARGS", message: "Streams must be strings or objects")
    static let badObject = Outcome.fails(
        code: "INVALID_ARGS",
        message: #"A stream object needs "stream", and a "maxRate" above 0 if any"#
    )

    static func unknown(_ operation: String) -> Outcome {
        .fails(code: "UNKNOWN_OP", message: "Unknown operation: \(operation)")
    }
}
