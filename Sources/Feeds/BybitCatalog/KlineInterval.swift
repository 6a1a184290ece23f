/// The length of a candle, in the clients' spelling, with the exchange's beside it.
package enum KlineInterval: String, CaseIterable, Sendable {
    case minutes1 = "1m"
    case minutes3 = "3m"
    case minutes5 = "5m"
    case minutes15 = "15m"
    case minutes30 = "30m"
    case hours1 = "1h"
    case hours2 = "2h"
    case hours4 = "4h"
    case hours6 = "6h"
    case hours12 = "12h"
    case day = "1d"
    case week = "1w"
    case month = "1M"

    /// How a Bybit V5 topic spells it (`kline.60.BTCUSDT`).
    package var bybit: String {
        switch self {
        case .minutes1: "1"
        case .minutes3: "3"
        case .minutes5: "5"
        case .minutes15: "15"
        case .minutes30: "30"
        case .hours1: "60"
        case .hours2: "120"
        case .hours4: "240"
        case .hours6: "360"
        case .hours12: "720"
        case .day: "D"
        case .week: "W"
        case .month: "M"
        }
    }
}
