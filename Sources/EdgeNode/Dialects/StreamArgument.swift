import Core

/// One stream that a client asks for: as it was written, and what it names.
struct StreamArgument: Equatable {
    /// As sent; of a `type` request the symbol.
    var spelling: String
    var stream: Result<StreamName, StreamNameError>
    /// Messages per second at most; only for `latest` streams.
    var maxRate: Double?

    init(_ spelling: String, dialect: Dialect, maxRate: Double? = nil) {
        self.spelling = spelling
        self.maxRate = maxRate
        self.stream = Result { () throws(StreamNameError) in
            try dialect == .action ? StreamName(action: spelling) : StreamName(op: spelling)
        }
    }

    /// A stream that nobody has spelled: under its canonical name, which every dialect that can resume takes.
    init(_ stream: StreamName, maxRate: Double?) {
        self.spelling = stream.canonical
        self.stream = .success(stream)
        self.maxRate = maxRate
    }

    init(exchange: String, symbol: String) {
        self.spelling = symbol
        self.stream = Result { () throws(StreamNameError) in try StreamName(exchange: exchange, symbol: symbol) }
    }
}
