extension Settings {
    /// Where an edge node listens and how it serves.
    package enum Edge {
        package static let port = Setting<Int>(
            "PORT",
            default: 8000,
            rule: .within(0...65_535),
            usedBy: .edge,
            summary: "Port for clients, health and metrics; 0 takes any free one."
        )
        package static let host = Setting<String>(
            "HOST",
            default: "0.0.0.0",
            rule: SettingRule(bounds: "an address or a host name") { host in
                !host.contains { $0.isWhitespace || $0 == "/" }
            },
            usedBy: .edge,
            summary: "Address to listen on."
        )
        package static let threads = Setting<Int>(
            "EDGE_THREADS",
            default: 0,
            unit: "threads",
            rule: .within(0...1024),
            usedBy: .edge,
            summary: "Event loops, each with a shard of the clients; 0 is one per core."
        )
        package static let certificateFile = Setting<String?>(
            "TLS_CERTIFICATE_FILE",
            default: nil,
            rule: SettingRule(bounds: "path of a PEM file", example: "/etc/tidegate/tls.crt") { _ in true },
            usedBy: .edge,
            summary:
                "Certificate of the node, then those that signed it; with it clients come over TLS. Read anew when it changes."
        )
        package static let keyFile = Setting<String?>(
            "TLS_KEY_FILE",
            default: nil,
            rule: SettingRule(bounds: "path of a PEM file", example: "/etc/tidegate/tls.key") { _ in true },
            usedBy: .edge,
            summary: "Private key of that certificate; unset: it is in the same file."
        )
        package static let fanOutCallbackTimeout = Setting<Duration>(
            "FANOUT_CALLBACK_TIMEOUT",
            default: .seconds(5),
            unit: "s",
            rule: .interval,
            usedBy: .edge,
            summary: "How long a client may acknowledge none of the bytes that wait for it before it counts as stalled."
        )
        package static let subscriptionLinger = Setting<Duration>(
            "SUBSCRIPTION_LINGER",
            default: .seconds(5),
            unit: "s",
            rule: .delay,
            usedBy: .edge,
            summary: "How long a node stays subscribed to a stream that its last client has left."
        )
        package static let echoPath = Setting<String?>(
            "ECHO_PATH",
            default: nil,
            rule: .optional(
                SettingRule(bounds: "a path that begins with '/' and isn't /ws or below it", example: "/echo") { path in
                    path.hasPrefix("/") && path != "/" && path != "/ws" && !path.hasPrefix("/ws/")
                        && !path.contains { "?# ".contains($0) }
                }
            ),
            usedBy: .edge,
            summary: "Path of a WebSocket that echoes, to test a proxy or a network; unset: none."
        )
    }
}
