import Core

/// The keys of a request as they are read; makes the request of them.
struct RequestFields {
    private var dialect: Dialect?
    private var operation: String?
    private var id: String?
    private var list: StreamList?
    private var resume = ResumeFields()
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

    func request(in catalog: any StreamCatalog) throws(ClientRequest.Failure) -> ClientRequest {
        let dialect = dialect ?? .op
        switch operation {
        case "subscribe": return ClientRequest(dialect: dialect, id: id, operation: .subscribe(try streams(catalog)))
        case "unsubscribe":
            return ClientRequest(dialect: dialect, id: id, operation: .unsubscribe(try streams(catalog)))
        case "ping": return ClientRequest(dialect: dialect, id: id, operation: .ping)
        // The guide's protocol has no sequences that a client could come back with.
        case "resume" where dialect != .type:
            return ClientRequest(dialect: dialect, id: id, operation: .resume(try resumption(in: dialect, catalog)))
        default: throw failure(.unknownOperation(operation ?? "null"))
        }
    }

    private func streams(_ catalog: any StreamCatalog) throws(ClientRequest.Failure) -> [StreamArgument] {
        let dialect = dialect ?? .op
        if dialect == .type {
            guard let exchange, let symbol else { throw failure(.invalidArguments("exchange and symbol are needed")) }
            return [StreamArgument(exchange: exchange, symbol: symbol, in: catalog)]
        }
        let arguments = try listed(in: dialect, catalog)
        guard !arguments.isEmpty else { throw failure(.noStreams) }
        return arguments
    }

    private func resumption(
        in dialect: Dialect,
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

    private func listed(
        in dialect: Dialect,
        _ catalog: any StreamCatalog
    ) throws(ClientRequest.Failure) -> [StreamArgument] {
        if let error = list?.error { throw failure(.invalidArguments(error)) }
        return list?.arguments(in: dialect, catalog) ?? []
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
            // Null is as if the key were not there.
            if try cursor.peek() == .null { try cursor.skip() } else { list = try StreamList(&cursor) }
        } else if key.equals("exchange") {
            exchange = try readString(&cursor)
        } else if key.equals("symbol") {
            symbol = try readString(&cursor)
        } else if try !resume.read(key, &cursor) {
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
}
