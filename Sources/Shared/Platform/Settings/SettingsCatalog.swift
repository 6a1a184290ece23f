/// The list of all settings and of the conditions between them: what the loader knows and the table shows.
package struct SettingsCatalog: Sendable {
    package let entries: [any CatalogEntry]
    package let crossChecks: [CrossCheck]
    /// Names that are settings no more.
    package let renamed: [RenamedSetting]

    package init(
        entries: [any CatalogEntry],
        crossChecks: [CrossCheck] = [],
        renamed: [RenamedSetting] = []
    ) {
        self.entries = entries
        self.crossChecks = crossChecks
        self.renamed = renamed
    }

    package static var all: [any CatalogEntry] { standard.entries }

    /// What to tell of variables of the environment that are a letter away from a setting, one line each.
    package func misspellings(in environment: [String: String]) -> [String] {
        UnknownNames(known: entries.map(\.name), renamed: renamed).misspellings(inEnvironment: environment.keys)
    }

    package static let standard = SettingsCatalog(
        // An area a line.
        entries: Array(
            [
                common,
                stores,
                control,
                admin,
                edge,
                drain,
                authService,
                clients,
                access,
                tokens,
                peers,
                upstream,
                ingestor,
                history,
            ].joined()
        ),
        crossChecks: [
            .atLeast(Settings.Upstream.reconnectDelayMax, Settings.Upstream.reconnectDelayInitial),
            .lessThan(Settings.Upstream.pingTimeout, Settings.Upstream.pingInterval),
            .lessThan(Settings.Clients.pingTimeout, Settings.Clients.pingInterval),
            .proxyProtocolHasProxies,
            .atLeast(Settings.Drain.seconds, Settings.Drain.delay),
        ],
        renamed: [
            RenamedSetting(
                old: "SHUTDOWN_TIMEOUT",
                new: Settings.Drain.seconds.name,
                difference: "and counts from the signal to the end"
            )
        ]
    )

    private static var common: [any CatalogEntry] {
        typealias Common = Settings.Common
        return [Common.configurationFile, Common.documentFile, Common.logLevel, Common.logJSON, Common.brand]
    }

    private static var stores: [any CatalogEntry] {
        typealias Stores = Settings.Stores
        return [
            Stores.redisURL, Stores.brokerURL, Stores.historyURL, Stores.caFile, Stores.natsCredentials,
            Stores.leaderLease, Stores.heartbeatTimeout, Stores.readyWithoutIngestor, Stores.wireVersion,
        ]
    }

    private static var control: [any CatalogEntry] { [Settings.Control.key] }

    private static var admin: [any CatalogEntry] { [Settings.Admin.port, Settings.Admin.host, Settings.Admin.token] }

    private static var edge: [any CatalogEntry] {
        typealias Edge = Settings.Edge
        return [
            Edge.port, Edge.host, Edge.threads, Edge.fanOutCallbackTimeout, Edge.subscriptionLinger, Edge.echoPath,
            Edge.certificateFile, Edge.keyFile,
        ]
    }

    private static var drain: [any CatalogEntry] { [Settings.Drain.delay, Settings.Drain.seconds] }

    private static var authService: [any CatalogEntry] {
        typealias Service = Settings.AuthService
        return [Service.url, Service.authoritiesFile, Service.timeout, Service.cacheTime]
    }

    private static var clients: [any CatalogEntry] {
        typealias Clients = Settings.Clients
        return [
            Clients.maxTotal, Clients.maxSubscriptions, Clients.maxMessageRate, Clients.maxMessageBytes,
            Clients.maxOutboxBytes, Clients.maxOutboxMessages, Clients.maxNodeOutboxBytes, Clients.idleTimeout,
            Clients.pingInterval, Clients.pingTimeout,
            Clients.handshakeTimeout, Clients.resumeTokenKey, Clients.resumeTokenLifetime,
        ]
    }

    private static var access: [any CatalogEntry] { [Settings.Access.mode, Settings.Access.expiryNotice] }

    private static var tokens: [any CatalogEntry] {
        typealias Tokens = Settings.Tokens
        return [
            Tokens.secret, Tokens.publicKeyFile, Tokens.keyID, Tokens.keySetFile, Tokens.keySetURL, Tokens.provider,
            Tokens.authoritiesFile, Tokens.algorithms, Tokens.issuer, Tokens.audience, Tokens.leeway,
            Tokens.requiresExpiry, Tokens.maximumLifetime, Tokens.userClaim, Tokens.rolesClaim, Tokens.streamsClaim,
            Tokens.pairsClaim,
        ]
    }

    private static var peers: [any CatalogEntry] {
        typealias Peers = Settings.Peers
        return [
            Peers.trustedProxies, Peers.proxyProtocol, Peers.maxConnectionsPerAddress, Peers.maxConnectRatePerAddress,
            Peers.maxConnectRate, Peers.maxConnectionsPerUser, Peers.allowedOrigins,
        ]
    }

    private static var upstream: [any CatalogEntry] {
        typealias Upstream = Settings.Upstream
        return [
            Upstream.url, Upstream.restURL, Upstream.topicsPerRequest, Upstream.maximumConnections,
            Upstream.reconnectDelayInitial,
            Upstream.reconnectDelayMax, Upstream.reconnectDelayMultiplier, Upstream.pingInterval, Upstream.pingTimeout,
        ]
    }

    private static var ingestor: [any CatalogEntry] {
        typealias Ingestor = Settings.Ingestor
        return [Ingestor.topicLinger, Ingestor.staleAfter, Ingestor.demandLease]
    }

    private static var history: [any CatalogEntry] {
        typealias History = Settings.History
        return [History.latest, History.delta, History.event, History.idleExpiry, History.headExpiry]
    }
}
