import Platform

/// What a client asks of `GET /v5/market/instruments-info`, and the answer: as the exchange gives it, page by page. Pure.
struct InstrumentsQuery: Equatable {
    static let path = "/v5/market/instruments-info"
    private static let cursorWord = "next%3D"

    var category: String?
    var limit: String?
    var cursor: String?

    /// - Parameter listing: All that there are, in their order.
    func answer(of listing: [ListedInstrument], at milliseconds: Int64) -> String {
        guard category == "linear" else { return Self.failure("Illegal category", at: milliseconds) }
        let size = limit.map { Int($0) ?? 0 } ?? 500
        guard (1...1000).contains(size) else { return Self.failure("params error: limit", at: milliseconds) }
        guard let begin = start, begin <= listing.count else {
            return Self.failure("params error: cursor", at: milliseconds)
        }
        let end = min(begin + size, listing.count)
        let list = listing[begin..<end].map(Self.entry).joined(separator: ",")
        let next = end < listing.count ? "\(Self.cursorWord)\(end)" : ""
        return #"{"retCode":0,"retMsg":"OK","result":{"category":"linear","list":[\#(list)],"#
            + #""nextPageCursor":"\#(next)"},"retExtInfo":{},"time":\#(milliseconds)}"#
    }

    /// A cursor is taken as it was given, and encoded once more, as clients send it.
    private var start: Int? {
        guard let cursor, !cursor.isEmpty else { return 0 }
        let decoded = String(percentEncoded: Substring(cursor)) ?? cursor
        let again = String(percentEncoded: Substring(decoded)) ?? decoded
        guard again.hasPrefix("next=") else { return nil }
        return Int(again.dropFirst(5)).flatMap { $0 >= 0 ? $0 : nil }
    }

    private static func entry(_ instrument: ListedInstrument) -> String {
        let symbol = instrument.symbol
        let isEarly = instrument.status == .preLaunch
        let base = symbol.hasSuffix("USDT") ? String(symbol.dropLast(4)) : symbol
        return
            #"{"symbol":\#(JSONText.quoted(symbol)),"contractType":"LinearPerpetual","status":"\#(instrument.status.rawValue)","#
            + #""baseCoin":\#(JSONText.quoted(base)),"quoteCoin":"USDT","launchTime":"1585526400000","#
            + #""deliveryTime":"0","priceScale":"2","settleCoin":"USDT","isPreListing":\#(isEarly)}"#
    }

    private static func failure(_ words: String, at milliseconds: Int64) -> String {
        #"{"retCode":10001,"retMsg":"\#(words)","result":{},"retExtInfo":{},"time":\#(milliseconds)}"#
    }
}
