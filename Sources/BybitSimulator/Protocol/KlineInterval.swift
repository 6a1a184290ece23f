/// The candle intervals of `kline.{interval}.{symbol}`, with the UTC calendar arithmetic that aligns them.
package enum KlineInterval: String, CaseIterable, Sendable {
    case minutes1 = "1"
    case minutes3 = "3"
    case minutes5 = "5"
    case minutes15 = "15"
    case minutes30 = "30"
    case minutes60 = "60"
    case minutes120 = "120"
    case minutes240 = "240"
    case minutes360 = "360"
    case minutes720 = "720"
    case day = "D"
    case week = "W"
    case month = "M"

    private static let millisecondsPerDay: Int64 = 86_400_000

    /// The first millisecond of the candle that `time` (milliseconds since 1970, UTC) belongs to.
    package func start(containing time: Int64) -> Int64 {
        switch self {
        case .day:
            return Self.floor(time, to: Self.millisecondsPerDay)
        case .week:
            // 1970-01-01 was a Thursday; weeks start on Monday, three days before it.
            let shift = 3 * Self.millisecondsPerDay
            return Self.floor(time + shift, to: 7 * Self.millisecondsPerDay) - shift
        case .month:
            let days = Self.floor(time, to: Self.millisecondsPerDay) / Self.millisecondsPerDay
            let date = CivilDate(daysSinceEpoch: days)
            return CivilDate(year: date.year, month: date.month, day: 1).daysSinceEpoch * Self.millisecondsPerDay
        default:
            return Self.floor(time, to: fixedLength)
        }
    }

    /// The first millisecond of the candle after the one that starts at `start`.
    package func next(after start: Int64) -> Int64 {
        switch self {
        case .day: return start + Self.millisecondsPerDay
        case .week: return start + 7 * Self.millisecondsPerDay
        case .month:
            let date = CivilDate(daysSinceEpoch: start / Self.millisecondsPerDay)
            let next =
                date.month == 12
                ? CivilDate(year: date.year + 1, month: 1, day: 1)
                : CivilDate(year: date.year, month: date.month + 1, day: 1)
            return next.daysSinceEpoch * Self.millisecondsPerDay
        default: return start + fixedLength
        }
    }

    private var fixedLength: Int64 {
        Int64(rawValue).map { $0 * 60_000 } ?? Self.millisecondsPerDay
    }

    private static func floor(_ value: Int64, to step: Int64) -> Int64 {
        let remainder = value % step
        return remainder < 0 ? value - remainder - step : value - remainder
    }
}
