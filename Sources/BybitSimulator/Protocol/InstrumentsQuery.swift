import Core
import NIOCore
import Platform

/// What a client asks of `GET /v5/market/instruments-info`, and the answer: as the exchange gives it, page by page. Pure.
struct InstrumentsQuery: Equatable {
    static let path = "/v5/market/instruments-info"
    private static let cursorWord = "next%3D"

    var category: String?
    var limit: String?
    var cursor: String?
    var status: String?

    /// Without a status what trades, as the exchange does.
    ///
    /// - Parameter listing: All that there are, in their order.
    func answer(of listing: [ListedInstrument], at milliseconds: Int64) -> ByteBuffer {
        guard category == "linear" else { return Self.failure("Illegal category", at: milliseconds) }
        let size = limit.map { Int($0) ?? 0 } ?? 500
        guard (1...1000).contains(size) else { return Self.failure("params error: limit", at: milliseconds) }
        guard let status = status.map(ListedInstrument.Status.init(rawValue:)) ?? .trading else {
            return Self.failure("params error: status", at: milliseconds)
        }
        let listing = listing.filter { $0.status == status }
        guard let begin = start, begin <= listing.count else {
            return Self.failure("params error: cursor", at: milliseconds)
        }
        let end = min(begin + size, listing.count)
        return Self.page(code: 0, "OK", at: milliseconds) {
            $0.string("category", "linear")
            $0.array("list", Array(listing[begin..<end])) { Self.write($1, into: &$0) }
            $0.string("nextPageCursor", end < listing.count ? "\(Self.cursorWord)\(end)" : "")
        }
    }

    /// A cursor is taken as it was given, and encoded once more, as clients send it.
    private var start: Int? {
        guard let cursor, !cursor.isEmpty else { return 0 }
        let decoded = String(percentEncoded: Substring(cursor)) ?? cursor
        let again = String(percentEncoded: Substring(decoded)) ?? decoded
        guard again.hasPrefix("next=") else { return nil }
        return Int(again.dropFirst(5)).flatMap { $0 >= 0 ? $0 : nil }
    }

    private static func write(_ instrument: ListedInstrument, into json: inout JSONWriter) {
        let symbol = instrument.symbol
        json.string("symbol", symbol)
        json.string("contractType", "LinearPerpetual")
        json.string("status", instrument.status.rawValue)
        json.string("baseCoin", symbol.hasSuffix("USDT") ? String(symbol.dropLast(4)) : symbol)
        json.string("quoteCoin", "USDT")
        json.string("launchTime", "1585526400000")
        json.string("deliveryTime", "0")
        json.string("priceScale", "2")
        json.string("settleCoin", "USDT")
        json.bool("isPreListing", instrument.status == .preLaunch)
    }

    private static func failure(_ words: String, at milliseconds: Int64) -> ByteBuffer {
        page(code: 10_001, words, at: milliseconds) { _ in }
    }

    private static func page(
        code: Int,
        _ words: String,
        at milliseconds: Int64,
        _ result: (inout JSONWriter) -> Void
    ) -> ByteBuffer {
        JSONWriter.object {
            $0.integer("retCode", code)
            $0.string("retMsg", words)
            $0.object("result", result)
            $0.object("retExtInfo") { _ in }
            $0.integer("time", milliseconds)
        }
    }
}
