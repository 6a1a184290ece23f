extension Settings {
    /// From where clients come.
    package enum Peers {
        package static let trustedProxies = Setting<IPRanges>(
            "TRUSTED_PROXIES",
            default: .none,
            rule: SettingRule(
                bounds: "networks (CIDR) and addresses, with commas in between",
                advice: "networks and addresses with commas in between, no bit set behind a network's length",
                example: "10.0.0.0/8,fd00::/8,192.0.2.7"
            ) { _ in true },
            usedBy: .edge,
            summary:
                "Proxies that are believed who a client is: by X-Forwarded-For or Forwarded, read from the end, or by the "
                + "PROXY protocol; unset: none."
        )
        package static let proxyProtocol = Setting<Bool>(
            "PROXY_PROTOCOL",
            default: false,
            rule: .trueOrFalse,
            usedBy: .edge,
            summary:
                "Connections begin with a header of the PROXY protocol, version 1 or 2; whoever is not in TRUSTED_PROXIES, "
                + "or sends none, is closed."
        )
        package static let maxConnectionsPerAddress = Setting<Int?>(
            "MAX_CONNECTIONS_PER_ADDRESS",
            default: nil,
            unit: "connections",
            rule: .optional(.within(1...1_000_000)),
            usedBy: .edge,
            summary:
                "Connections of one address (IPv6: of a /64) at a time; one more is refused with HTTP 429, or closed before "
                + "a handshake of TLS; unset: no limit."
        )
        package static let maxConnectRatePerAddress = Setting<Int?>(
            "MAX_CONNECT_RATE_PER_ADDRESS",
            default: nil,
            unit: "connects/s",
            rule: .optional(.within(1...1_000_000)),
            usedBy: .edge,
            summary:
                "How often one address may connect, as many as that at once; the same for one more; unset: no limit."
        )
        package static let maxConnectRate = Setting<Int?>(
            "MAX_CONNECT_RATE",
            default: nil,
            unit: "connects/s",
            rule: .optional(.within(1...1_000_000)),
            usedBy: .edge,
            summary:
                "Requests for a WebSocket in a second, of all together; one more is refused with HTTP 503; unset: no limit."
        )
        package static let maxConnectionsPerUser = Setting<Int?>(
            "MAX_CONNECTIONS_PER_USER",
            default: nil,
            unit: "connections",
            rule: .optional(.within(1...1_000_000)),
            usedBy: .edge,
            summary:
                "Connections at a time of one user, or one API key, that has no limit of its own; one more is refused with "
                + "HTTP 429; unset: no limit."
        )
        package static let allowedOrigins = Setting<OriginPatterns?>(
            "ALLOWED_ORIGINS",
            default: nil,
            rule: .optional(
                SettingRule(
                    bounds: "origins, with commas in between; *. in front of a name for all below it",
                    example: "https://app.example.com,https://*.example.com"
                ) { _ in true }
            ),
            usedBy: .edge,
            summary: "Pages of which origins may connect; others are refused with HTTP 403; unset: all."
        )
    }
}

extension CrossCheck {
    /// Nobody could connect.
    static let proxyProtocolHasProxies = CrossCheck(
        name: Settings.Peers.proxyProtocol.name,
        other: Settings.Peers.trustedProxies.name
    ) { settings in
        typealias Peers = Settings.Peers
        guard settings[Peers.proxyProtocol], settings[Peers.trustedProxies].isEmpty else { return nil }
        return "true lets nobody in while TRUSTED_PROXIES is not set; give the networks of the proxies there"
    }
}
