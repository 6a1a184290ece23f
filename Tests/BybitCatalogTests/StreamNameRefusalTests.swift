import Core
import Testing

@testable import BybitCatalog

@Suite("A name of no stream is refused with the exact reason that clients know")
struct StreamNameRefusalTests {
    private static let wildcard =
        "Wildcards (e.g. tickers.*) are not supported. Use specific symbols like tickers.BTCUSDT or ticker:ETHUSDT."
    private static func unknown(_ type: String) -> String {
        "Invalid stream type: \(type). Expected one of ['depth', 'kline', 'liquidation', 'ticker', 'trade']"
    }
    private static func symbol(_ symbol: String) -> String {
        "Invalid symbol: \(symbol). Expected upper-case letters and digits, like BTCUSDT"
    }
    private static func interval(_ interval: String) -> String {
        "Invalid interval: \(interval). Expected one of ['1m', '3m', '5m', '15m', '30m', '1h', '2h', '4h', '6h', '12h', "
            + "'1d', '1w', '1M']"
    }
    private static func depth(_ depth: String) -> String {
        "Invalid depth: \(depth). Expected one of ['1', '50', '200', '1000']"
    }

    @Test(arguments: [
        ("tickers.*", wildcard), ("ticker:*", wildcard), ("ticker:", wildcard), ("tickers.", wildcard),
        ("kline:1h:*", wildcard), ("kline:1h:", wildcard), ("trade:BTC*", wildcard),
        ("foo:BTCUSDT", unknown("foo")), ("TICKER:BTCUSDT", unknown("TICKER")),
        ("orderbook.50.BTCUSDT", unknown("orderbook")),
        ("", "Invalid stream format: "), ("BTCUSDT", "Invalid stream format: BTCUSDT"),
        (":BTCUSDT", "Invalid stream format: :BTCUSDT"), ("kline:BTCUSDT", "Invalid stream format: kline:BTCUSDT"),
        ("ticker:1h:BTCUSDT", "Invalid stream format: ticker:1h:BTCUSDT"),
        ("orders:", "Invalid stream format: orders:"),
        ("kline:1h:x:BTCUSDT", "Invalid stream format: kline:1h:x:BTCUSDT"),
        ("orders.a.b", "Invalid stream format: orders.a.b"), ("orders.ü", "Invalid stream format: orders.ü"),
        ("ticker:btcusdt", symbol("btcusdt")), ("ticker:BTC_USDT", symbol("BTC_USDT")),
        ("ticker:BTC USDT", symbol("BTC USDT")),
        ("ticker:BTCÜ", symbol("BTCÜ")), ("ticker:-BTC", symbol("-BTC")), ("ticker:BTC--X", symbol("BTC--X")),
        ("ticker:" + String(repeating: "A", count: 33), symbol(String(repeating: "A", count: 33))),
        ("kline:7m:BTCUSDT", interval("7m")), ("kline:60:BTCUSDT", interval("60")), ("kline::BTCUSDT", interval("")),
        ("kline:1H:BTCUSDT", interval("1H")), ("depth:500:BTCUSDT", depth("500")), ("depth:050:BTCUSDT", depth("050")),
    ])
    func op(_ text: String, isRefusedWith reason: String) {
        let error = #expect(throws: StreamNameError.self) { try BybitStream(text, in: .op) }
        #expect(error?.description == reason)
    }

    @Test(arguments: [
        ("ticker.*", wildcard), ("ticker.", wildcard), ("kline.1h.", wildcard),
        ("tickers.btc_usdt", unknown("tickers")),
        ("ticker:btc_usdt", "Invalid stream format: ticker:btc_usdt"), ("btc_usdt", "Invalid stream format: btc_usdt"),
        ("ticker.btc__usdt", symbol("btc__usdt")), ("ticker._btcusdt", symbol("_btcusdt")),
        ("ticker.btc_", symbol("btc_")),
        ("ticker.Btc_usdt", symbol("Btc_usdt")), ("ticker.BTC_USDT", symbol("BTC_USDT")), ("ticker.ß", symbol("ß")),
        ("kline.2m.btc_usdt", interval("2m")), ("depth.25.btc_usdt", depth("25")),
        ("orders.a b", "Invalid stream format: orders.a b"), ("orders.*", "Invalid stream format: orders.*"),
        (
            "orders." + String(repeating: "a", count: 65),
            "Invalid stream format: orders." + String(repeating: "a", count: 65)
        ),
    ])
    func action(_ text: String, isRefusedWith reason: String) {
        let error = #expect(throws: StreamNameError.self) { try BybitStream(text, in: .action) }
        #expect(error?.description == reason)
    }

    @Test(arguments: [
        ("binance", "BTCUSDT", "Invalid exchange: binance. Expected one of ['bybit']"), ("bybit", "", wildcard),
        ("bybit", "*", wildcard), ("bybit", "btcusdt", symbol("btcusdt")),
    ])
    func type(_ exchange: String, _ text: String, isRefusedWith reason: String) {
        let error = #expect(throws: StreamNameError.self) { try BybitStream(exchange: exchange, symbol: text) }
        #expect(error?.description == reason)
    }

    @Test func theLongestNamesAreStillAccepted() throws {
        let symbol = String(repeating: "A", count: 32)
        #expect(try BybitStream("ticker:\(symbol)", in: .op).subject == symbol)
        let owner = String(repeating: "u", count: 64)
        #expect(try BybitStream("orders.\(owner)", in: .action).subject == owner)
    }
}
