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
