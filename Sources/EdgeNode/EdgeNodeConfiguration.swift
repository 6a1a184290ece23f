import Core
import NIOCore
import Platform
import Stores

extension EdgeNode {
    /// What a node is to be like. A value; the commands make it of the settings.
    package struct Configuration: Sendable {
        package var host = "0.0.0.0"
        package var port = 8000
        package var brand = "tidegate"
        /// What clients may speak.
        package var dialects: DialectRegistry
        package var maximumClients = 10_000
        /// Descriptors that the process may have open; nil: its own limit, raised as far as that is possible.
        package var descriptorLimit: Int?
        package var echoPath: String?
        package var connection = ConnectionSettings()
        /// Who is let in.
        package var admission: any Admission = OpenAdmission()
        /// What it has counted.
        package var admissionCounters = AdmissionCounters()
        /// Who is believed whom it speaks for.
        package var trustedProxies = IPRanges.none
        /// Connections begin with a header of the PROXY protocol.
        package var speaksProxyProtocol = false
        /// For those who are not known yet.
        package var addressLimits = AddressLimits.Bounds()
        /// Connections of one user or key that has no limit of its own; nil for no limit.
        package var connectionsPerUser: Int?
        /// Counts those: kept up while the node runs.
        package var connectionCounts: any ConnectionCounts = NodeConnectionCounts()
        /// Of which origins pages may connect; nil for all.
        package var allowedOrigins: OriginPatterns?
        /// Who may read what.
        package var permissions = Permissions()
        /// Says who shows a token on a connection that is there.
        package var reauthentication: any Reauthentication = NoReauthentication()
        package var demandLease: Duration = .seconds(15)
        /// How long it takes to leave.
        package var drain = DrainTimes()
        /// By which the node is told from others, as in the log of its process; nil: one of its own.
        package var id: String?
        /// What the process is, as it is announced and in its metrics.
        package var program = Program.edgeNode
        /// How often a shard's loop shows that it turns.
        package var pulseInterval = LoopPulse.interval
        /// How often it is announced.
        package var announcementInterval = NodeAnnouncer.interval
        /// Of its shared secrets, as it announces them.
        package var keys: KeyMarks?
        /// Under which orders to the node are signed; nil: none is taken.
        package var control: ControlSigner?
        /// What was revoked; nil where nothing can be.
        package var revocations: Revocations?
        /// By which clients check what is signed; nil: the page of keys is not there.
        package var signingKeys: (@Sendable () -> [SigningKey])?
        /// How long the ingestor may be silent before the node is not healthy, and not ready either but with
        /// `isReadyWithoutIngestor`.
        package var heartbeatTimeout: TimeAmount = .seconds(10)
        /// New clients should come here though the ingestor is silent.
        package var isReadyWithoutIngestor = false
        /// Signs resume tokens, the same on all nodes; nil: a random one, and a token holds on this node only.
        package var resumeTokenKey: String?
        /// In which form resume tokens are made.
        package var wire = WireVersion.one
        package var resumeTokenLifetime: Duration = .seconds(600)
        /// Clients come over TLS; nil: in plain text.
        package var certificate: ServerCertificate?
        /// Where operators' pages are; nil: on the clients' port.
        package var adminPort: Int?
        package var adminHost = "0.0.0.0"
        /// What operators' pages ask for; nil for nothing.
        package var adminToken: OperatorToken?
        /// What else the process counts, for `/metrics`.
        package var otherMetrics: (@Sendable () async -> MetricsSnapshot)?
        /// Of which it is told how often a new version was wrong.
        package var document: LiveDocument?
        /// When the first API key ends that is good at a time; milliseconds since 1970.
        package var firstKeyEnd: (@Sendable (Int64) -> Int64?)?
        /// Loops of the process beside the shards' that must turn.
        package var otherLoops: [(name: String, loop: any EventLoop)] = []
        /// The Redis server that the process uses, for `/health`; nil where it uses none.
        package var redis: (@Sendable () -> StoreStatus)?

        package init(dialects: DialectRegistry) {
            self.dialects = dialects
        }

        /// Where operators' pages are, for those who are told of the node; nil while the port that they are on is not open.
        ///
        /// - Parameter port: That one.
        func operatorsAddress(port: Int?) -> String? {
            let isOwn = adminPort != nil
            return NodeAddress.text(
                host: isOwn ? adminHost : host,
                port: port,
                name: HostName.current,
                isSecure: !isOwn && certificate != nil
            )
        }

        /// For how many clients there is room.
        func places(descriptorLimit: Int, inUse: Int) -> Places {
            Places(
                wanted: maximumClients,
                descriptorLimit: descriptorLimit,
                inUse: inUse,
                operators: adminPort == nil ? 0 : AdminServer.descriptors
            )
        }

        /// Who is let in, within all limits.
        func limitedAdmission(_ limits: AddressLimits, _ connections: PrincipalConnections) -> LimitedAdmission {
            LimitedAdmission(
                OriginAdmission(
                    CountedAdmission(admission, connections: connections),
                    allowed: allowedOrigins,
                    counters: limits.counters
                ),
                limits: limits
            )
        }
    }
}
