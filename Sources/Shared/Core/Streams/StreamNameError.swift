/// Why a client's spelling names no stream. `description` is the reason that the client reads.
package enum StreamNameError: Error, Hashable, CustomStringConvertible {
    case wildcard
    case unknownType(String)
    case format(String)
    case symbol(String)
    case interval(String)
    case depth(String)
    case exchange(String)

    package var description: String {
        switch self {
        case .wildcard:
            "Wildcards (e.g. tickers.*) are not supported. "
                + "Use specific symbols like tickers.BTCUSDT or ticker:ETHUSDT."
        case .unknownType(let type):
            "Invalid stream type: \(type). Expected one of \(Self.list(StreamName.Kind.typeNames))"
        case .format(let text):
            "Invalid stream format: \(text)"
        case .symbol(let symbol):
            "Invalid symbol: \(symbol). Expected upper-case letters and digits, like BTCUSDT"
        case .interval(let interval):
            "Invalid interval: \(interval). Expected one of \(Self.list(KlineInterval.allCases.map(\.rawValue)))"
        case .depth(let depth):
            "Invalid depth: \(depth). Expected one of \(Self.list(StreamName.depths.map(String.init)))"
        case .exchange(let exchange):
            "Invalid exchange: \(exchange). Expected one of ['bybit']"
        }
    }

    private static func list(_ words: [String]) -> String {
        "[" + words.map { "'\($0)'" }.joined(separator: ", ") + "]"
    }
}
