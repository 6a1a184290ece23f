extension Settings {
    /// What one client may take, and when it is let go.
    package enum Clients {
        package static let maxTotal = Setting<Int>(
            "MAX_CLIENTS_TOTAL",
            default: 10_000,
            unit: "clients",
            rule: .within(1...1_000_000),
            usedBy: .edge,
            summary:
                "Clients at a time on one node, or as many as it may open files for; one more is refused with HTTP 503."
        )
        package static let maxSubscriptions = Setting<Int>(
            "MAX_SUBSCRIPTIONS_PER_CLIENT",
            default: 100,
            unit: "streams",
            rule: .within(1...100_000),
            usedBy: .edge,
            summary: "Streams a client may be subscribed to; a request for more is refused whole."
        )
        package static let maxMessageRate = Setting<Int>(
            "MAX_MESSAGE_RATE_PER_CLIENT",
            default: 100,
            unit: "messages/s",
            rule: .within(1...1_000_000),
            usedBy: .edge,
            summary: "Requests a client may send; what is above is answered with an error and dropped."
        )
        package static let maxMessageBytes = Setting<Int>(
            "MAX_MESSAGE_BYTES",
            default: 65_536,
            unit: "bytes",
            rule: .within(256...16_777_216),
            usedBy: .edge,
            summary: "Longest message taken from a client."
        )
        package static let maxOutboxBytes = Setting<Int>(
            "MAX_OUTBOX_BYTES",
            default: 1_048_576,
            unit: "bytes",
            rule: .within(4096...1_073_741_824),
            usedBy: .edge,
            summary: "Bytes that may wait for a slow client: conflated from 1/4, resynchronised from 1/2, closed above."
        )
        package static let maxOutboxMessages = Setting<Int>(
            "MAX_OUTBOX_MESSAGES",
            default: 16_384,
            unit: "messages",
            rule: .within(16...10_000_000),
            usedBy: .edge,
            summary: "The same in messages; whichever bound is met first counts."
        )
        package static let maxNodeOutboxBytes = Setting<Int>(
            "MAX_NODE_OUTBOX_BYTES",
            default: 536_870_912,
            unit: "bytes",
            rule: .within(65_536...1_099_511_627_776),
            usedBy: .edge,
            summary: "The same for all clients of a node; above it those the furthest behind are closed with 4008."
        )
        package static let idleTimeout = Setting<Duration>(
            "CLIENT_IDLE_TIMEOUT",
            default: .seconds(300),
            unit: "s",
            rule: .interval,
            usedBy: .edge,
            summary: "A client to and from which nothing came for so long, pongs included, is closed with 4000."
        )
        package static let pingInterval = Setting<Duration>(
            "CLIENT_PING_INTERVAL",
            default: .seconds(20),
            unit: "s",
            rule: .interval,
            usedBy: .edge,
            summary: "How often a client is pinged."
        )
        package static let pingTimeout = Setting<Duration>(
            "CLIENT_PING_TIMEOUT",
            default: .seconds(10),
            unit: "s",
            rule: .interval,
            usedBy: .edge,
            summary: "How long a client's pong may take; less than CLIENT_PING_INTERVAL."
        )
        package static let handshakeTimeout = Setting<Duration>(
            "HANDSHAKE_TIMEOUT",
            default: .seconds(10),
            unit: "s",
            rule: .interval,
            usedBy: .edge,
            summary: "How long a connection may take to send its HTTP request and upgrade."
        )
        /// Of each key of `RESUME_TOKEN_KEY` where it has several, in characters.
        package static let minimumPairedKeyLength = 16

        package static let resumeTokenKey = Setting<String?>(
            "RESUME_TOKEN_KEY",
            default: nil,
            rule: .optional(
                SettingRule(bounds: "16 characters or more", complaint: "is too short") { $0.count >= 16 }
            ),
            usedBy: .edge,
            isSecret: true,
            summary:
                "Secret under which resume tokens are signed, the same on all nodes, or `id:key,id:key`: the first signs, "
                + "all are taken; unset: random for each node."
        )
        package static let resumeTokenLifetime = Setting<Duration>(
            "RESUME_TOKEN_LIFETIME",
            default: .seconds(600),
            unit: "s",
            rule: .interval,
            usedBy: .edge,
            summary: "How long after its issue a resume token is taken."
        )
    }
}
