/// Frames that no healthy exchange sends, and frames as a later release of it might send them.
package enum Garbage: Sendable, Equatable {
    /// All presets, one after the other.
    case all
    case preset(Preset)
    case text(String)

    package enum Preset: String, CaseIterable, Sendable {
        case notJSON = "not-json"
        case unknownTopic = "unknown-topic"
        case tickerWithoutData = "ticker-without-data"
        case numericPrice = "numeric-price"
        case truncated = "truncated"
        case deepNesting = "deep-nesting"
        case exponents = "exponents"
        case newFields = "new-fields"
        case newWords = "new-words"
        case missingFields = "missing-fields"
        case oddField = "odd-field"
        case badTradeBesideGood = "bad-trade-beside-good"
        case extraLevelElement = "extra-level-element"
        case unreadableTrades = "unreadable-trades"
    }

    package var frames: [String] {
        switch self {
        case .all: Preset.allCases.map(\.frame)
        case .preset(let preset): [preset.frame]
        case .text(let text): [text]
        }
    }
}

extension Garbage.Preset {
    private static func ticker(_ fields: String) -> String {
        #"{"topic":"tickers.BTCUSDT","type":"delta","data":{"symbol":"BTCUSDT",\#(fields)},"cs":1,"ts":1790757082383}"#
    }

    private static func trades(_ trades: String...) -> String {
        #"{"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":1790757082383,"data":["#
            + trades.joined(separator: ",") + "]}"
    }

    private static func trade(_ id: String, _ fields: String) -> String {
        #"{"T":1790757082383,"s":"BTCUSDT","p":"83024.60","i":"garbage-\#(id)",\#(fields)}"#
    }

    private static let nesting = 10_000

    package var frame: String {
        switch self {
        case .notJSON:
            "<html><body>502 Bad Gateway</body></html>"
        case .unknownTopic:
            #"{"topic":"weather.BTCUSDT","type":"snapshot","ts":1790757082283,"data":{"symbol":"BTCUSDT"}}"#
        case .tickerWithoutData:
            #"{"topic":"tickers.BTCUSDT","type":"delta","cs":818232112716,"ts":1790757082383}"#
        case .numericPrice:
            #"{"topic":"tickers.BTCUSDT","type":"delta","data":{"symbol":"BTCUSDT","lastPrice":83024.6},"#
                + #""cs":818232112716,"ts":1790757082383}"#
        case .truncated:
            #"{"topic":"tickers.BTCUSDT","type":"delta","data":{"symbol":"BTCUSDT","lastPr"#
        case .deepNesting:
            #"{"topic":"tickers.BTCUSDT","type":"delta","data":"# + String(repeating: "[", count: Self.nesting)
                + String(repeating: "]", count: Self.nesting) + "}"
        case .exponents:
            Self.trades(
                Self.trade("1", #""S":"Buy","v":"5E-7","BT":false"#),
                Self.trade("2", #""S":"Buy","v":1e3,"BT":0"#)
            )
        case .newFields:
            Self.trades(Self.trade("3", #""S":"Sell","v":"1","BT":false,"RPI":{"new":[null]},"fee":-1.5e-3"#))
        case .newWords:
            Self.trades(Self.trade("4", #""S":"Both","v":"1","BT":false,"L":"SidewaysTick""#))
        case .missingFields:
            Self.trades(Self.trade("5", #""S":"Sell","v":"1""#))
        case .oddField:
            Self.ticker(#""markPrice":{},"openInterest":"57118.511""#)
        case .badTradeBesideGood:
            Self.trades(
                Self.trade("6", #""S":"Buy","v":"1","BT":false"#),
                Self.trade("7", #""S":"Buy","v":[],"BT":false"#)
            )
        case .extraLevelElement:
            // The number of the change is none that can follow: a book that kept up is subscribed anew.
            #"{"topic":"orderbook.50.BTCUSDT","type":"delta","ts":1790757082383,"#
                + #""data":{"s":"BTCUSDT","b":[["1","0",3]],"a":[],"u":2,"seq":1},"cts":1790757082383}"#
        case .unreadableTrades:
            #"{"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":1790757082383,"data":"none"}"#
        }
    }
}
