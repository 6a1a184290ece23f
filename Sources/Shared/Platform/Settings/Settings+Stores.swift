import Core

extension WireVersion: SettingChoice {
    package static var noun: String { "a version" }
}

extension Settings {
    /// Where the broker, the history and the leader's lease are.
    package enum Stores {
        package static let redisURL = Setting<String?>(
            "REDIS_URL",
            default: nil,
            rule: address(of: ["redis", "rediss"]),
            usedBy: .everyProgram,
            isSecret: true,
            summary: "Redis for all that is not set otherwise: broker, history, and the leader's lease."
        )
        package static let brokerURL = Setting<String?>(
            "BROKER_URL",
            default: nil,
            rule: address(of: ["nats", "tls", "redis", "rediss"], words: ["memory:"]),
            usedBy: .everyProgram,
            isSecret: true,
            summary: "Broker between ingestor and nodes; tls:// is NATS over TLS, memory: the inside of standalone."
        )
        package static let historyURL = Setting<String?>(
            "HISTORY_URL",
            default: nil,
            rule: address(of: ["redis", "rediss"], words: ["memory:", "none"]),
            usedBy: .everyProgram,
            isSecret: true,
            summary: "History that resume reads; none: clients can't resume."
        )
        package static let caFile = Setting<String?>(
            "STORE_CA_FILE",
            default: nil,
            rule: SettingRule(bounds: "path of a PEM file", example: "/etc/tidegate/ca.pem") { _ in true },
            usedBy: .everyProgram,
            summary: "Authorities that sign the certificates of Redis and NATS; unset: those of the machine."
        )
        package static let natsCredentials = Setting<String?>(
            "NATS_CREDENTIALS",
            default: nil,
            rule: SettingRule(bounds: "path of a .creds file", example: "/etc/tidegate/nats.creds") { _ in true },
            usedBy: .everyProgram,
            summary: "NATS credentials file (JWT and seed)."
        )
        package static let leaderLease = Setting<Duration>(
            "LEADER_LEASE",
            default: .seconds(3),
            unit: "s",
            rule: .interval,
            usedBy: .ingestorOnly,
            summary: "How long after the leading ingestor's death a standby takes over, at most; the same on all."
        )
        package static let heartbeatTimeout = Setting<Duration>(
            "HEARTBEAT_TIMEOUT",
            default: .seconds(10),
            unit: "s",
            rule: .interval,
            usedBy: .edge,
            summary:
                "A node that has heard no heartbeat of the ingestor for so long is not healthy, and not ready either but with "
                + "READY_WITHOUT_INGESTOR."
        )
        package static let readyWithoutIngestor = Setting<Bool>(
            "READY_WITHOUT_INGESTOR",
            default: false,
            rule: .trueOrFalse,
            usedBy: .edge,
            summary:
                "`true`: a node stays ready while the ingestor is silent: newcomers get what the history has, and new data "
                + "when there is any. `false`: where it is silent for all nodes, the load balancer has no node for newcomers."
        )
        package static let wireVersion = Setting<WireVersion>(
            "WIRE_VERSION",
            default: .one,
            rule: .choices,
            usedBy: .everyProgram,
            summary: "Form of what other processes read; both are read. 2 only when all programs are of this release."
        )

        /// Checked as far as one look tells; the whole address is parsed by its user, with an error in words.
        private static func address(of schemes: [String], words: [String] = []) -> SettingRule<String?> {
            let forms = schemes.map { "\($0)://" } + words
            return SettingRule(bounds: forms.joined(separator: ", "), example: "\(schemes[0])://host:port") { text in
                guard let text else { return true }
                return words.contains(text) || schemes.contains { text.hasPrefix("\($0)://") }
            }
        }
    }
}
