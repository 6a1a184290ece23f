import FoundationEssentials
import Testing

@testable import Platform

@Suite struct SettingsCatalogTests {
    /// Operators' files and `docs/settings.md` rely on each of these; a change of one is a change of the interface.
    private static let defaults = [
        "LOG_LEVEL": "info", "LOG_JSON": "false", "BRAND": "tidegate", "TIDEGATE_CONFIG": "",
        "TIDEGATE_DOCUMENT": "", "PORT": "8000", "HOST": "0.0.0.0", "EDGE_THREADS": "0", "MAX_CLIENTS_TOTAL": "10000",
        "MAX_SUBSCRIPTIONS_PER_CLIENT": "100",
        "MAX_MESSAGE_RATE_PER_CLIENT": "100", "MAX_MESSAGE_BYTES": "65536", "CLIENT_IDLE_TIMEOUT": "300",
        "CLIENT_PING_INTERVAL": "20", "CLIENT_PING_TIMEOUT": "10", "HANDSHAKE_TIMEOUT": "10",
        "FANOUT_CALLBACK_TIMEOUT": "5", "MAX_OUTBOX_BYTES": "1048576", "MAX_OUTBOX_MESSAGES": "16384",
        "MAX_NODE_OUTBOX_BYTES": "536870912", "SUBSCRIPTION_LINGER": "5", "ECHO_PATH": "",
        "TLS_CERTIFICATE_FILE": "", "TLS_KEY_FILE": "",
        "DRAIN_DELAY": "0", "DRAIN_SECONDS": "10", "AUTH_URL": "", "AUTH_CA_FILE": "",
        "AUTH_TIMEOUT": "2", "AUTH_CACHE_SECONDS": "300",
        "BYBIT_WS_URL": "wss://stream.bybit.com/v5/public/linear",
        "BYBIT_REST_URL": "", "BYBIT_MAX_CONNECTIONS": "1", "BYBIT_MAX_SYMBOLS_PER_SUBSCRIPTION": "10",
        "BYBIT_RECONNECT_DELAY_INITIAL": "1",
        "BYBIT_RECONNECT_DELAY_MAX": "60", "BYBIT_RECONNECT_DELAY_MULTIPLIER": "2", "BYBIT_PING_INTERVAL": "20",
        "BYBIT_PING_TIMEOUT": "10", "UPSTREAM_LINGER": "30", "UPSTREAM_STALE_AFTER": "60", "DEMAND_LEASE": "15",
        "ADMIN_PORT": "", "ADMIN_HOST": "0.0.0.0", "ADMIN_TOKEN": "",
        "HISTORY_LATEST": "64", "HISTORY_DELTA": "512", "HISTORY_EVENT": "1000",
        "HISTORY_IDLE_EXPIRY": "600", "HISTORY_HEAD_EXPIRY": "604800",
        "REDIS_URL": "", "BROKER_URL": "", "HISTORY_URL": "", "STORE_CA_FILE": "",
        "NATS_CREDENTIALS": "", "LEADER_LEASE": "3", "HEARTBEAT_TIMEOUT": "10", "READY_WITHOUT_INGESTOR": "false",
        "WIRE_VERSION": "1", "CONTROL_KEY": "",
        "AUTH_MODE": "", "TOKEN_EXPIRY_NOTICE": "60", "RESUME_TOKEN_KEY": "", "RESUME_TOKEN_LIFETIME": "600",
        "JWT_SECRET": "", "JWT_PUBLIC_KEY_FILE": "", "JWT_KEY_ID": "", "JWKS_FILE": "", "JWKS_URL": "",
        "OIDC_ISSUER": "", "JWKS_CA_FILE": "", "JWT_ALGORITHMS": "", "JWT_ISSUER": "", "JWT_AUDIENCE": "",
        "JWT_LEEWAY": "30", "JWT_REQUIRE_EXP": "true", "JWT_MAX_LIFETIME": "86400", "JWT_USER_CLAIM": "sub",
        "JWT_ROLES_CLAIM": "roles", "JWT_STREAMS_CLAIM": "streams", "JWT_PAIRS_CLAIM": "pairs",
        "TRUSTED_PROXIES": "", "PROXY_PROTOCOL": "false", "MAX_CONNECTIONS_PER_ADDRESS": "",
        "MAX_CONNECT_RATE_PER_ADDRESS": "", "MAX_CONNECT_RATE": "", "MAX_CONNECTIONS_PER_USER": "",
        "ALLOWED_ORIGINS": "",
    ]

    @Test func hasTheseSettingsWithTheseDefaults() {
        let actual = SettingsCatalog.all.map { ($0.name, $0.defaultText) }
        #expect(Dictionary(actual) { first, _ in first } == Self.defaults)
        // A name twice would give one value two types.
        #expect(actual.count == Self.defaults.count)
    }

    @Test(arguments: SettingsCatalog.all.map(\.name))
    func aDefaultIsAValueThatTheSettingTakes(_ name: String) throws {
        let entry = try #require(SettingsCatalog.all.first { $0.name == name })
        if !entry.defaultText.isEmpty {
            #expect(try entry.resolve(entry.defaultText).settingText == entry.defaultText)
        }
        #expect(!entry.usedBy.isEmpty)
        #expect(!entry.summary.isEmpty && !entry.summary.contains("\n"))
        #expect(entry.name.utf8.allSatisfy { (65...90).contains($0) || $0 == 95 })
    }

    @Test(arguments: [
        ("ECHO_PATH", "/echo", true), ("ECHO_PATH", "echo", false), ("ECHO_PATH", "/ws", false),
        ("ECHO_PATH", "/", false), ("ECHO_PATH", "/a?b", false), ("BRAND", "A-b_9", true), ("BRAND", "é", false),
        ("BYBIT_WS_URL", "ws://127.0.0.1:9/x", true), ("BYBIT_WS_URL", "wss://", false),
        ("BYBIT_WS_URL", "ws://:80", false), ("BYBIT_WS_URL", "ws://a b", false), ("BYBIT_WS_URL", "wss:///x", false),
        ("BYBIT_WS_URL", "wss://stream.bybit.com/v5/public/inverse", true),
        ("BYBIT_WS_URL", "wss://stream.bybit.com/v5/public/spot", true),
        ("BYBIT_WS_URL", "wss://stream-testnet.bybit.com/v5/public/linear/", true),
        ("BYBIT_WS_URL", "wss://stream-testnet.bybit.com/v5/public/option", false),
        ("BYBIT_WS_URL", "ws://proxy:8080/bybit/V5/Public/Option/?x=1", false),
        ("BYBIT_WS_URL", "ws://h/v5/public/%6Fption", false), ("BYBIT_WS_URL", "ws://h/v5//public//option#a", false),
        ("BYBIT_WS_URL", "wss://stream.bybit.com/v5/private", false),
        ("BYBIT_WS_URL", "wss://stream.bybit.com/v5/trade", false), ("BYBIT_WS_URL", "ws://v5/option", true),
        ("HOST", "::1", true), ("HOST", "localhost", true), ("HOST", "http://x", false), ("PORT", "0", true),
        ("PORT", "-1", false), ("EDGE_THREADS", "0", true), ("MAX_CLIENTS_TOTAL", "1000000", true),
        ("BYBIT_REST_URL", "https://api.bybit.com", true), ("BYBIT_REST_URL", "http://h:1/", true),
        ("BYBIT_REST_URL", "https://h/v5", false), ("BYBIT_REST_URL", "wss://h", false),
        ("BYBIT_MAX_CONNECTIONS", "20", true), ("BYBIT_MAX_CONNECTIONS", "0", false),
        ("BYBIT_MAX_SYMBOLS_PER_SUBSCRIPTION", "500", true), ("BYBIT_MAX_SYMBOLS_PER_SUBSCRIPTION", "501", false),
        ("SUBSCRIPTION_LINGER", "0", true), ("CLIENT_PING_INTERVAL", "0", false),
        ("CLIENT_PING_INTERVAL", "0.01", true), ("REDIS_URL", "redis://h:1", true), ("REDIS_URL", "nats://h", false),
        ("BROKER_URL", "nats://a:1,b:2", true), ("BROKER_URL", "memory:", true), ("BROKER_URL", "none", false),
        ("BROKER_URL", "h:4222", false), ("HISTORY_URL", "none", true), ("HISTORY_URL", "rediss://u:p@h:1/2", true),
        ("HISTORY_URL", "nats://h", false), ("RESUME_TOKEN_KEY", "0123456789abcdef", true),
        ("AUTH_URL", "https://h/check?a=b", true), ("AUTH_URL", "h/check", false), ("AUTH_URL", "ws://h/", false),
        ("RESUME_TOKEN_KEY", "0123456789abcde", false), ("RESUME_TOKEN_LIFETIME", "0", false),
        ("RESUME_TOKEN_KEY", "0123456789abcde", false),
        ("CONTROL_KEY", "0123456789abcdef0123456789abcdef", true), ("CONTROL_KEY", "0123456789abcdef", false),
        ("CONTROL_KEY", "a:0123456789abcdef0123456789abcdef,b:0123456789abcdef", false),
        ("RESUME_TOKEN_LIFETIME", "0", false),
    ])
    func takesAndRefuses(name: String, text: String, isTaken: Bool) throws {
        let entry = try #require(SettingsCatalog.all.first { $0.name == name })
        #expect(((try? entry.resolve(text)) != nil) == isTaken)
    }
}
