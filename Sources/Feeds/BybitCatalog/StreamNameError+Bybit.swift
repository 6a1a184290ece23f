import Core

/// What is wrong with a name of one of the exchange's kinds, in the words that clients know.
extension StreamNameError {
    static let wildcard = StreamNameError.invalid(
        "Wildcards (e.g. tickers.*) are not supported. Use specific symbols like tickers.BTCUSDT or ticker:ETHUSDT."
    )

    static func symbol(_ symbol: String) -> StreamNameError {
        .invalid("Invalid symbol: \(symbol). Expected upper-case letters and digits, like BTCUSDT")
    }

    static func interval(_ interval: String) -> StreamNameError {
        .invalid("Invalid interval: \(interval). Expected one of \(list(KlineInterval.allCases.map(\.rawValue)))")
    }

    static func depth(_ depth: String) -> StreamNameError {
        .invalid("Invalid depth: \(depth). Expected one of \(list(BybitStream.depths.map(String.init)))")
    }

    static func exchange(_ exchange: String) -> StreamNameError {
        .invalid("Invalid exchange: \(exchange). Expected one of ['bybit']")
    }
}
