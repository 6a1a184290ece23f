import Logging
import NIOCore
import Platform
import Stores

extension EdgeNode.Configuration {
    /// From the settings of the process.
    ///
    /// Throws `ServerCertificate.Unusable`.
    package init(_ settings: ResolvedSettings, dialects: DialectRegistry) throws {
        self.init(dialects: dialects)
        program = settings.program
        control = ControlSigner(settings[Settings.Control.key])
        keys = KeyMarks(settings)
        host = settings[Settings.Edge.host]
        port = settings[Settings.Edge.port]
        brand = settings[Settings.Common.brand]
        adminPort = settings[Settings.Admin.port]
        adminHost = settings[Settings.Admin.host]
        adminToken = settings[Settings.Admin.token].map { OperatorToken($0) }
        maximumClients = settings[Settings.Clients.maxTotal]
        echoPath = settings[Settings.Edge.echoPath]
        wire = settings[Settings.Stores.wireVersion]
        resumeTokenKey = settings[Settings.Clients.resumeTokenKey]
        resumeTokenLifetime = settings[Settings.Clients.resumeTokenLifetime]
        heartbeatTimeout = TimeAmount(settings[Settings.Stores.heartbeatTimeout])
        isReadyWithoutIngestor = settings[Settings.Stores.readyWithoutIngestor]
        trustedProxies = settings[Settings.Peers.trustedProxies]
        speaksProxyProtocol = settings[Settings.Peers.proxyProtocol]
        addressLimits = AddressLimits.Bounds(
            connections: settings[Settings.Peers.maxConnectionsPerAddress],
            rate: settings[Settings.Peers.maxConnectRatePerAddress],
            nodeRate: settings[Settings.Peers.maxConnectRate]
        )
        connectionsPerUser = settings[Settings.Peers.maxConnectionsPerUser]
        allowedOrigins = settings[Settings.Peers.allowedOrigins]
        demandLease = settings[Settings.Ingestor.demandLease]
        if let chain = settings[Settings.Edge.certificateFile] {
            certificate = try ServerCertificate(chainFile: chain, keyFile: settings[Settings.Edge.keyFile] ?? chain)
        }
        drain.delay = TimeAmount(settings[Settings.Drain.delay])
        drain.total = TimeAmount(settings[Settings.Drain.seconds])
        connection.maximumSubscriptions = settings[Settings.Clients.maxSubscriptions]
        connection.maximumMessageRate = settings[Settings.Clients.maxMessageRate]
        connection.maximumMessageBytes = settings[Settings.Clients.maxMessageBytes]
        connection.idleTimeout = TimeAmount(settings[Settings.Clients.idleTimeout])
        connection.pingInterval = TimeAmount(settings[Settings.Clients.pingInterval])
        connection.pingTimeout = TimeAmount(settings[Settings.Clients.pingTimeout])
        connection.handshakeTimeout = TimeAmount(settings[Settings.Clients.handshakeTimeout])
        connection.outbox.bytes = settings[Settings.Clients.maxOutboxBytes]
        connection.outbox.messages = settings[Settings.Clients.maxOutboxMessages]
        connection.outbox.nodeBytes = settings[Settings.Clients.maxNodeOutboxBytes]
        connection.stallTimeout = TimeAmount(settings[Settings.Edge.fanOutCallbackTimeout])
        connection.expiryNotice = settings[Settings.Access.expiryNotice]
        connection.linger = TimeAmount(settings[Settings.Edge.subscriptionLinger])
    }

    /// Connections of a user or a key are counted on all nodes together.
    ///
    /// - Parameter sets: What the nodes share; nil where there is nothing, and each counts by itself: then the log says so.
    package mutating func countConnections(in sets: (any LeasedSets)?, logger: Logger) {
        if let sets {
            connectionCounts = SharedConnectionCounts(sets, lease: demandLease, logger: logger)
        } else {
            logger.notice(
                "there is no Redis to count connections in: limits of users and keys hold on each node by itself"
            )
        }
    }

    /// Event loops for a node: the setting, or one per core.
    package static func threads(_ settings: ResolvedSettings, cores: Int) -> Int {
        let wanted = settings[Settings.Edge.threads]
        return min(wanted > 0 ? wanted : cores, EdgeNode.maximumThreads)
    }
}
