import Shared

/// The keys of a request as they are read; makes the request of them.
struct RequestFields {
    /// Arguments beyond this many are refused: no limit on subscriptions is higher.
    static let maximumArguments = 10_000

    private struct Argument {
        var spelling: String
        var maxRate: Double?
    }

    private var dialect: Dialect?
    private var operation: String?
    private var id: String?
    private var arguments: [Argument]?
    private var argumentsError: String?
    private var exchange: String?
    private var symbol: String?

    /// Reads the whole message: one JSON object.
    init(_ bytes: UnsafeRawBufferPointer) throws(ClientRequest.Failure) {
        var cursor = JSONCursor(bytes)
        do throws(JSONError) {
            try cursor.object { (key, cursor) throws(JSONError) in try read(key, &cursor) }
            try cursor.end()
        } catch {
            throw ClientRequest.Failure(dialect: dialect, id: id, error: .invalidJSON)
        }
    }

    func request() throws(ClientRequest.Failure) -> ClientRequest {
        let dialect = dialect ?? .op
        switch operation {
        case "subscribe": return ClientRequest(dialect: dialect, id: id, operation: .subscribe(try streams()))
        case "unsubscribe": return ClientRequest(dialect: dialect, id: id, operation: .unsubscribe(try streams()))
        case "ping": return ClientRequest(dialect: dialect, id: id, operation: .ping)
        default: throw failure(.unknownOperation(operation ?? "null"))
        }
    }

    private func streams() throws(ClientRequest.Failure) -> [StreamArgument] {
        let dialect = dialect ?? .op
        if dialect == .type {
            guard let exchange, let symbol else { throw failure(.invalidArguments("exchange and symbol are needed")) }
            return [StreamArgument(exchange: exchange, symbol: symbol)]
        }
        if let argumentsError { throw failure(.invalidArguments(argumentsError)) }
        guard let arguments, !arguments.isEmpty else { throw failure(.noStreams) }
        return arguments.map { StreamArgument($0.spelling, dialect: dialect, maxRate: $0.maxRate) }
    }

    private func failure(_ error: ClientError) -> ClientRequest.Failure {
        ClientRequest.Failure(dialect: dialect, id: id, error: error)
    }

    private mutating func read(_ key: JSONToken, _ cursor: inout JSONCursor) throws(JSONError) {
        if key.equals("op") {
            try readOperation(.op, &cursor)
        } else if key.equals("action") {
            try readOperation(.action, &cursor)
        } else if key.equals("type") {
            try readOperation(.type, &cursor)
        } else if key.equals("id") {
            let kind = try cursor.peek()
            let raw = try cursor.rawValue()
            // Only what the client can recognise is echoed, and no more of it than a name needs.
            if kind == .string || kind == .number, raw.count <= 256 {
                id = String(validating: raw, as: UTF8.self)
            }
        } else if key.equals("args") || key.equals("streams") {
            try readArguments(&cursor)
        } else if key.equals("exchange") {
            exchange = try readString(&cursor)
        } else if key.equals("symbol") {
            symbol = try readString(&cursor)
        } else {
            try cursor.skip()
        }
    }

    private mutating func readOperation(_ dialect: Dialect, _ cursor: inout JSONCursor) throws(JSONError) {
        // Where several keys are given the first of op, action, type decides.
        let value = try cursor.peek() == .string ? try cursor.string().decoded : nil
        let text = value == nil ? try readOther(&cursor) : value
        if let chosen = self.dialect, chosen.rawValue < dialect.rawValue { return }
        self.dialect = dialect
        operation = text
    }

    /// What is not a string is told back as it was written.
    private func readOther(_ cursor: inout JSONCursor) throws(JSONError) -> String {
        String(decoding: try cursor.rawValue().prefix(64), as: UTF8.self)
    }

    private func readString(_ cursor: inout JSONCursor) throws(JSONError) -> String? {
        guard try cursor.peek() == .string else {
            try cursor.skip()
            return nil
        }
        return try cursor.string().decoded
    }

    private mutating func readArguments(_ cursor: inout JSONCursor) throws(JSONError) {
        switch try cursor.peek() {
        case .array: break
        case .null: return try cursor.skip()
        default:
            argumentsError = "Streams must be an array of strings"
            return try cursor.skip()
        }
        var list: [Argument] = []
        var error: String?
        try cursor.array { (cursor) throws(JSONError) in
            guard list.count < Self.maximumArguments else {
                error = "Max \(Self.maximumArguments) streams in one request"
                return try cursor.skip()
            }
            switch try cursor.peek() {
            case .string:
                guard let text = try cursor.string().decoded else { throw JSONError(.badString, at: cursor.position) }
                list.append(Argument(spelling: text))
            case .object:
                let argument = try Self.readObject(&cursor)
                if let argument {
                    list.append(argument)
                } else {
                    error = #"A stream object needs "stream", and a "maxRate" above 0 if any"#
                }
            default:
                error = "Streams must be strings or objects"
                try cursor.skip()
            }
        }
        argumentsError = error
        arguments = list
    }

    /// `{"stream":"ticker:BTCUSDT","maxRate":2}`; nil where it makes no sense.
    private static func readObject(_ cursor: inout JSONCursor) throws(JSONError) -> Argument? {
        var stream: String?
        var maxRate: Double?
        var isValid = true
        try cursor.object { (key, cursor) throws(JSONError) in
            let kind = try cursor.peek()
            if key.equals("stream"), kind == .string {
                stream = try cursor.string().decoded
            } else if key.equals("maxRate") {
                let rate = Double(String(decoding: try cursor.rawValue(), as: UTF8.self))
                isValid = kind == .number && (rate ?? 0) > 0 && (rate ?? 0) <= 10_000
                maxRate = rate
            } else {
                try cursor.skip()
            }
        }
        guard isValid, let stream else { return nil }
        return Argument(spelling: stream, maxRate: maxRate)
    }
}
