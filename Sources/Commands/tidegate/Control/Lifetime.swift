import ArgumentParser
import Platform

/// For how long something is remembered: `90s`, `30m`, `24h`, `7d`, or a number of seconds.
struct Lifetime: ExpressibleByArgument {
    /// A year.
    private static let maximum: Int64 = 366 * 86_400_000
    private static let units: [(suffix: String, milliseconds: Double)] = [
        ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]

    let milliseconds: Int64

    init?(argument: String) {
        let unit = Self.units.first { argument.hasSuffix($0.suffix) }
        let number = unit == nil ? argument : String(argument.dropLast())
        guard let value = Double(number), value.isFinite, value > 0 else { return nil }
        let milliseconds = value * (unit?.milliseconds ?? 1000)
        guard milliseconds >= 1, milliseconds <= Double(Self.maximum) else { return nil }
        self.milliseconds = Int64(milliseconds)
    }

    /// As long as the longest token is good, in milliseconds.
    static func standard(_ settings: ResolvedSettings) -> Int64 {
        let longest = settings[Settings.Tokens.maximumLifetime] + settings[Settings.Tokens.leeway]
        return Int64(longest / .milliseconds(1))
    }
}
