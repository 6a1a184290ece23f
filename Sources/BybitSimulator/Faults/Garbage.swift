/// Frames that no healthy exchange sends.
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
        }
    }
}
