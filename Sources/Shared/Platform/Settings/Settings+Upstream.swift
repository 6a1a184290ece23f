extension Settings {
    /// The connection to Bybit.
    package enum Upstream {
        package static let url = Setting<String>(
            "BYBIT_WS_URL",
            default: "wss://stream.bybit.com/v5/public/linear",
            rule: SettingRule(bounds: "a ws:// or wss:// address", objection: { objection(to: $0) }) {
                isWebSocketAddress($0)
            },
            usedBy: .upstream,
            summary: "Bybit V5 public WebSocket to read from: linear, inverse or spot."
        )
        package static let restURL = Setting<String?>(
            "BYBIT_REST_URL",
            default: nil,
            rule: SettingRule(bounds: "an http:// or https:// address without a path", example: "https://api.bybit.com")
            {
                $0.map { (try? HTTPHost($0)) != nil } ?? true
            },
            usedBy: .upstream,
            summary: "Where Bybit says which instruments it has; where BYBIT_WS_URL leads unless set."
        )
        package static let topicsPerRequest = Setting<Int>(
            "BYBIT_MAX_SYMBOLS_PER_SUBSCRIPTION",
            default: 10,
            unit: "topics",
            rule: .within(1...500),
            usedBy: .upstream,
            summary: "Topics in one subscribe request to Bybit."
        )
        package static let maximumConnections = Setting<Int>(
            "BYBIT_MAX_CONNECTIONS",
            default: 1,
            unit: "connections",
            rule: .within(1...20),
            usedBy: .upstream,
            summary: "Connections to Bybit; each carries some 1,000 topics, another is opened when needed."
        )
        package static let reconnectDelayInitial = Setting<Duration>(
            "BYBIT_RECONNECT_DELAY_INITIAL",
            default: .seconds(1),
            unit: "s",
            rule: .interval,
            usedBy: .upstream,
            summary: "Wait before the first attempt to connect to Bybit again."
        )
        package static let reconnectDelayMax = Setting<Duration>(
            "BYBIT_RECONNECT_DELAY_MAX",
            default: .seconds(60),
            unit: "s",
            rule: .interval,
            usedBy: .upstream,
            summary: "Longest wait between attempts; not less than BYBIT_RECONNECT_DELAY_INITIAL."
        )
        package static let reconnectDelayMultiplier = Setting<Double>(
            "BYBIT_RECONNECT_DELAY_MULTIPLIER",
            default: 2,
            rule: .within(1...10),
            usedBy: .upstream,
            summary: "By what the wait grows with each attempt that fails."
        )
        package static let pingInterval = Setting<Duration>(
            "BYBIT_PING_INTERVAL",
            default: .seconds(20),
            unit: "s",
            rule: .interval,
            usedBy: .upstream,
            summary: "How often Bybit is pinged."
        )
        package static let pingTimeout = Setting<Duration>(
            "BYBIT_PING_TIMEOUT",
            default: .seconds(10),
            unit: "s",
            rule: .interval,
            usedBy: .upstream,
            summary: "How long Bybit's pong may take; less than BYBIT_PING_INTERVAL."
        )

        /// The categories of Bybit's public feed whose frames can be read.
        private static let categories: Set = ["linear", "inverse", "spot"]

        /// Bybit's other feeds stand at like addresses; their answers and topics are made otherwise.
        private static func objection(to address: String) -> String? {
            let plain = address.prefix { $0 != "?" && $0 != "#" }
            let text = String(percentEncoded: plain) ?? String(plain)
            let parts = text.lowercased().split(separator: "/").dropFirst(2)
            guard let version = parts.firstIndex(of: "v5") else { return nil }
            let feed = parts[(version + 1)...]
            guard let first = feed.first else { return nil }
            guard first == "public" else { return "is not Bybit's public feed" }
            guard let category = feed.dropFirst().first, !categories.contains(String(category)) else { return nil }
            return "is Bybit's feed of \(category), which can't be read; linear, inverse and spot can"
        }

        private static func isWebSocketAddress(_ text: String) -> Bool {
            guard let scheme = ["ws://", "wss://"].first(where: text.hasPrefix) else { return false }
            let host = text.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" }
            return !host.isEmpty && !host.hasPrefix(":") && !text.contains(where: \.isWhitespace)
        }
    }
}
