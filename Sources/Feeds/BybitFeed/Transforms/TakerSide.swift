import Core

/// The side of the order that took liquidity.
enum TakerSide {
    case buy, sell
    /// A word that this release does not know: clients get it as it was sent.
    case other(JSONScalar)

    init(_ cursor: inout JSONCursor) throws(JSONError) {
        let text = try cursor.string()
        guard text.isPlain, !text.bytes.isEmpty else { throw JSONError(.badString, at: cursor.position) }
        if text.equals("Buy") {
            self = .buy
        } else if text.equals("Sell") {
            self = .sell
        } else {
            self = .other(JSONScalar(text))
        }
    }

    /// Writes the word for a buy, or for a sell, or the unknown one.
    func write(buy: StaticString, sell: StaticString, into json: inout JSONWriter) {
        switch self {
        case .buy: json.raw(buy)
        case .sell: json.raw(sell)
        case .other(let word): json.scalar(word)
        }
    }
}
