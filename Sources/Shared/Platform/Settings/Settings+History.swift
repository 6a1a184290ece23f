extension Settings {
    /// How much of each stream can be resumed from, by delivery class.
    package enum History {
        package static let latest = entries(
            "HISTORY_LATEST",
            default: 64,
            summary: "Entries kept of a stream whose every message is the whole state (ticker, kline)."
        )
        package static let delta = entries(
            "HISTORY_DELTA",
            default: 512,
            summary: "Entries kept of a stream of changes (depth)."
        )
        package static let event = entries(
            "HISTORY_EVENT",
            default: 1000,
            summary: "Entries kept of a stream whose every message counts (trades, orders)."
        )
        package static let idleExpiry = Setting<Duration>(
            "HISTORY_IDLE_EXPIRY",
            default: .seconds(600),
            unit: "s",
            rule: .interval,
            usedBy: .upstream,
            summary: "How long the history of a stream without messages is kept."
        )
        package static let headExpiry = Setting<Duration>(
            "HISTORY_HEAD_EXPIRY",
            default: .seconds(604_800),
            unit: "s",
            rule: .within(.milliseconds(10)...(.seconds(31_536_000))),
            usedBy: .upstream,
            summary: "How long it is known where a stream without messages stands, so that its numbers go on."
        )

        private static func entries(_ name: String, default count: Int, summary: String) -> Setting<Int> {
            Setting(
                name,
                default: count,
                unit: "entries",
                rule: .within(1...1_000_000),
                usedBy: .upstream,
                summary: summary
            )
        }
    }
}
