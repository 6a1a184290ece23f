/// Durations are written as a number of seconds ("20", "0.5"), as the settings of existing deployments are.
/// Resolution is one millisecond.
extension Duration: SettingValue {
    package static var noun: String { "a number of seconds" }

    package static func parse(_ text: String) -> Duration? {
        guard let seconds = Double.parse(text) else { return nil }
        // Clamped far outside every rule's bounds, so that a huge number is refused by the rule instead of
        // overflowing the conversion.
        let bounded = min(max(seconds, -1e9), 1e9)
        return .milliseconds(Int64((bounded * 1000).rounded()))
    }

    package var settingText: String {
        let (seconds, attoseconds) = components
        return (Double(seconds) + Double(attoseconds) / 1e18).settingText
    }
}
