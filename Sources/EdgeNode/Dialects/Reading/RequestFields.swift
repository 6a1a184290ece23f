import Core
import NIOCore

/// The keys of a request that is a JSON object, as they are read: what the dialects of such requests have in common.
struct RequestFields {
    /// The value of the dialect's key: nil where it is not there, and as it was written where it is no string.
    private(set) var operation: String?
    private(set) var id: String?
    private(set) var exchange: String?
    private(set) var symbol: String?
    private var list: StreamList?
    /// `"times"`: nil where it is not there, or null.
    private var times: Bool?
    private var hasBadTimes = false
    private var resume = ResumeFields()
    private let marker: StaticString

    /// Reads the whole message: one JSON object.
    ///
    /// - Parameter marker: The key that carries the operation.
    init(_ message: ByteBuffer, marker: StaticString) throws(ClientRequest.Failure) {
        self.marker = marker
        let error: JSONError? = message.withUnsafeReadableBytes { bytes in
            var cursor = JSONCursor(bytes)
            do throws(JSONError) {
                try cursor.object { (key, cursor) throws(JSONError) in try read(key, &cursor) }
                try cursor.end()
                return nil
            } catch {
                return error
            }
        }
        if error != nil { throw failure(.invalidJSON) }
    }

    /// The request of a dialect that names its streams in a list.
    func request(
        in dialect: DialectID,
        _ catalog: any StreamCatalog
    ) throws(ClientRequest.Failure) -> ClientRequest {
        let operation: ClientRequest.Operation
        var tellsTimes: Bool?
        switch self.operation {
        case "subscribe":
            operation = .subscribe(try streams(in: dialect, catalog))
            tellsTimes = try asksForTimes
        case "unsubscribe": operation = .unsubscribe(try streams(in: dialect, catalog))
        case "resume":
            operation = .resume(try resumption(in: dialect, catalog))
            tellsTimes = try asksForTimes
        case "auth": operation = .authenticate(try credential)
        case "ping": operation = .ping
        default: throw unknownOperation
        }
        return ClientRequest(dialect: dialect, id: id, operation: operation, tellsTimes: tellsTimes)
    }

    var unknownOperation: ClientRequest.Failure { failure(.unknownOperation(operation ?? "null")) }

    func failure(_ error: ClientError) -> ClientRequest.Failure { ClientRequest.Failure(id: id, error: error) }

    private func streams(
        in dialect: DialectID,
        _ catalog: any StreamCatalog
    ) throws(ClientRequest.Failure) -> [StreamArgument] {
        let arguments = try listed(in: dialect, catalog)
        guard !arguments.isEmpty else { throw failure(.noStreams) }
        return arguments
    }

    private func resumption(
        in dialect: DialectID,
        _ catalog: any StreamCatalog
    ) throws(ClientRequest.Failure) -> ResumeRequest {
        if let error = resume.error { throw failure(.invalidArguments(error)) }
        let listed = try listed(in: dialect, catalog)
        guard resume.lastSequence == nil || !listed.isEmpty else {
            throw failure(.invalidArguments(#""lastSequence" needs "streams": it is the position of each of them"#))
        }
        guard !listed.isEmpty || !resume.positions.isEmpty || resume.token != nil else { throw failure(.noStreams) }
        return ResumeRequest(
            listed: listed,
            lastSequence: resume.lastSequence,
            positions: resume.positions.map { (StreamArgument($0.spelling, dialect: dialect, in: catalog), $0.claim) },
            token: resume.token
        )
    }

    /// `{"op":"subscribe","args":[...],"times":true}`; nil where the request does not say it.
    private var asksForTimes: Bool? {
        get throws(ClientRequest.Failure) {
            guard !hasBadTimes else { throw failure(.invalidArguments(#""times" must be true or false"#)) }
            return times
        }
    }

    /// `{"op":"auth","token":T}`.
    private var credential: Credential {
        get throws(ClientRequest.Failure) {
            guard let token = resume.token, !token.isEmpty else {
                throw failure(.invalidArguments(#"auth needs "token", a string"#))
            }
            return .token(token)
        }
    }

    private func listed(
        in dialect: DialectID,
        _ catalog: any StreamCatalog
    ) throws(ClientRequest.Failure) -> [StreamArgument] {
        if let error = list?.error { throw failure(.invalidArguments(error)) }
        return list?.arguments(in: dialect, catalog) ?? []
    }

    private mutating func read(_ key: JSONToken, _ cursor: inout JSONCursor) throws(JSONError) {
        if key.equals(marker) {
            let text = try cursor.peek() == .string ? try cursor.string().decoded : nil
            if let text { operation = text } else { operation = try readOther(&cursor) }
        } else if key.equals("id") {
            let kind = try cursor.peek()
            let raw = try cursor.rawValue()
            // Only what the client can recognise is echoed, and no more of it than a name needs.
            if kind == .string || kind == .number, raw.count <= 256 {
                id = String(validating: raw, as: UTF8.self)
            }
        } else if key.equals("args") || key.equals("streams") {
            // Null is as if the key were not there.
            if try cursor.peek() == .null { try cursor.skip() } else { list = try StreamList(&cursor) }
        } else if key.equals("times") {
            try readTimes(&cursor)
        } else if key.equals("exchange") {
            exchange = try readString(&cursor)
        } else if key.equals("symbol") {
            symbol = try readString(&cursor)
        } else if try !resume.read(key, &cursor) {
            try cursor.skip()
        }
    }

    private mutating func readTimes(_ cursor: inout JSONCursor) throws(JSONError) {
        let kind = try cursor.peek()
        hasBadTimes = kind != .bool && kind != .null
        times = nil
        if kind == .bool { times = try cursor.bool() } else { try cursor.skip() }
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
}
