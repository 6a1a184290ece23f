import Shared

/// The side of the order that took liquidity, in the clients' spelling.
enum TakerSide: String {
    case buy, sell

    init(_ cursor: inout JSONCursor) throws(JSONError) {
        let text = try cursor.string()
        if text.equals("Buy") {
            self = .buy
        } else if text.equals("Sell") {
            self = .sell
        } else {
            throw JSONError(.wrongType, at: cursor.position)
        }
    }
}
