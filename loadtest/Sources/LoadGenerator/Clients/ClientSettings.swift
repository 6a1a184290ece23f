import NIOCore

/// What all clients of a run have in common. Immutable.
struct ClientSettings: Sendable {
    struct Server: Sendable {
        let endpoint: Endpoint
        let address: SocketAddress
    }

    let target: Target
    let servers: [Server]
    let sources: SourceAddresses
    let streams: LoadStreams
    let subscriptions: Int
    let bytes: Int
    /// Attempts to connect at a time on one loop.
    let connectWindow: Int
    let slowKind: SlowKind
    let slowRate: Int
    let slowBuffer: Int
    /// Counts deliveries for a publisher that waits for them; nil where none does.
    let gates: StreamGates?

    /// Every stream has as many subscribers as any other, or one more.
    func firstStream(ofClient index: Int) -> Int { index * subscriptions % streams.count }

    func server(ofClient index: Int) -> Server { servers[index % servers.count] }
}
