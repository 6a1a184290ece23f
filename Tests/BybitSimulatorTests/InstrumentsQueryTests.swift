import NIOCore
import NIOHTTP1
import Testing

@testable import BybitSimulator

@Suite("The simulator lists its instruments as the exchange does")
struct InstrumentsQueryTests {
    private let listing = ["A", "B", "C"].map { ListedInstrument(symbol: $0) }

    @Test(
        arguments: [
            (nil, ["A", "B"], "next%3D2"), ("next%3D2", ["C"], ""), ("next=2", ["C"], ""), ("next%253D2", ["C"], ""),
            ("next=3", [], ""),
        ] as [(String?, [String], String)]
    )
    func pageByPage(cursor: String?, symbols: [String], next: String) {
        let query = InstrumentsQuery(category: "linear", limit: "2", cursor: cursor)
        let text = String(buffer: query.answer(of: listing, at: 7))
        for symbol in ["A", "B", "C"] {
            #expect(text.contains(#"{"symbol":"\#(symbol)","#) == symbols.contains(symbol))
        }
        #expect(text.contains(#""nextPageCursor":"\#(next)""#) && text.hasPrefix(#"{"retCode":0,"#))
    }

    @Test(arguments: [
        InstrumentsQuery(category: "spot"), InstrumentsQuery(), InstrumentsQuery(category: "linear", limit: "0"),
        InstrumentsQuery(category: "linear", limit: "1001"), InstrumentsQuery(category: "linear", limit: "x"),
        InstrumentsQuery(category: "linear", cursor: "next=4"), InstrumentsQuery(category: "linear", cursor: "next=-1"),
        InstrumentsQuery(category: "linear", cursor: "4"), InstrumentsQuery(category: "linear", status: "Odd"),
        InstrumentsQuery(category: "linear", status: ""),
    ])
    func whatMakesNoSenseIsRefused(_ query: InstrumentsQuery) {
        #expect(String(buffer: query.answer(of: listing, at: 7)).hasPrefix(#"{"retCode":10001,"#))
    }

    @Test(arguments: ListedInstrument.Status.allCases)
    func theStatusIsTold(_ status: ListedInstrument.Status) {
        let listing = [ListedInstrument(symbol: "A", status: status)]
        let query = InstrumentsQuery(category: "linear", status: status.rawValue)
        let answer = String(buffer: query.answer(of: listing, at: 7))
        #expect(answer.contains(#""status":"\#(status.rawValue)""#))
        #expect(answer.contains(#""isPreListing":\#(status == .preLaunch)"#))
    }

    /// As the exchange documents it: those that trade, unless another status is asked for.
    @Test(arguments: [nil, "PreLaunch", "Trading", "Settling", "Delivering", "Closed"])
    func onlyThoseOfOneStatusAreNamed(_ status: String?) {
        let all = ListedInstrument.Status.allCases
        let listing = all.map { ListedInstrument(symbol: $0.rawValue.uppercased(), status: $0) }
        let answer = String(buffer: InstrumentsQuery(category: "linear", status: status).answer(of: listing, at: 7))
        for symbol in all.map(\.rawValue) {
            #expect(
                answer.contains(#"{"symbol":"\#(symbol.uppercased())","#) == (symbol == status ?? "Trading"),
                "\(symbol)"
            )
        }
    }

    @Test func aNewListingCanBeSubscribedAndAClosedOneCanNot() {
        let feed = MarketFeed(catalogue: InstrumentCatalogue(count: 2), rate: 10, seed: 1)
        #expect(!feed.isKnown("tickers.NEWUSDT"))
        #expect(feed.list(ListedInstrument(symbol: "NEWUSDT", status: .preLaunch)))
        #expect(feed.isKnown("tickers.NEWUSDT"))
        #expect(feed.list(ListedInstrument(symbol: "BTCUSDT", status: .closed)) && !feed.isKnown("tickers.BTCUSDT"))
        #expect(feed.listing.map(\.symbol) == ["BTCUSDT", "ETHUSDT", "NEWUSDT"])
        #expect(feed.listing.map(\.status) == [.closed, .trading, .preLaunch])
        let collector = FrameCollector()
        feed.join("tickers.NEWUSDT", sink: collector, at: FeedTime(monotonic: 0, wall: 0))
        feed.advance(to: FeedTime(monotonic: 1_000_000_000, wall: 1_000))
        #expect(collector.take().first?.text("topic") == "tickers.NEWUSDT")
    }

    @Test func itStandsBesideTheWebSocket() async throws {
        let uri = "/v5/market/instruments-info?category=linear&limit=2&cursor=next%3D2&status=Trading"
        let query = InstrumentsQuery(category: "linear", limit: "2", cursor: "next%3D2", status: "Trading")
        #expect(ControlRoute(method: .GET, uri: uri) == .instruments(query))
        #expect(ControlRoute(method: .POST, uri: uri) == .methodNotAllowed(allowed: "GET"))
        try await withSimulator({ $0.symbols = 3 }) { _, port in
            let answer = try await PlainHTTP.request("GET", uri, port: port)
            #expect(answer.contains(#""symbol":"SOLUSDT""#) && !answer.contains(#""symbol":"BTCUSDT""#))
        }
    }
}
