import Logging
import NIOCore
import NIOSSL
import Platform

/// What stands in the pipeline of a connection that was accepted, up to the gateway, the same for all of a node. `open` is
/// called on the connection's loop, which is its shard's.
///
/// With the PROXY protocol a peer that is no trusted proxy is closed unread, and so is whoever does not begin with its
/// header; everything else is added when that has been read.
struct ClientPipeline: Sendable {
    let proxies: TrustedProxies
    let speaksProxyProtocol: Bool
    /// Nil: clients come in plain text.
    let certificate: ServerCertificate?
    let paths: WebSocketPaths
    let admission: any Admission
    let router: HTTPRouter
    let logger: RateLimitedLogger

    /// Where it throws the connection is to be closed.
    func open(_ channel: any Channel, on shard: Shard) throws {
        let peer = channel.remoteAddress.flatMap { IPAddress($0) }
        let pipeline = channel.pipeline.syncOperations
        guard speaksProxyProtocol else { return try add(to: pipeline, address: peer, shard) }
        guard let peer, proxies.contains(peer) else {
            complain(of: peer, "it is not in TRUSTED_PROXIES")
            throw ChannelError.ioOnClosedChannel
        }
        let header = ProxyHeaderHandler(timeout: shard.settings.handshakeTimeout) { fault in
            complain(of: peer, "\(fault)")
        } follow: { header, context in
            shard.turns.catchUp()
            try add(to: context.pipeline.syncOperations, address: header.source ?? peer, shard)
        }
        try pipeline.addHandler(header)
    }

    private func add(
        to pipeline: ChannelPipeline.SynchronousOperations,
        address: IPAddress?,
        _ shard: Shard
    ) throws {
        if let certificate { try pipeline.addHandler(NIOSSLServerHandler(context: certificate.context)) }
        try GatewayHandler.add(
            to: pipeline,
            shard: shard,
            paths: paths,
            admission: admission,
            router: router,
            address: address,
            proxies: proxies
        )
    }

    private func complain(of peer: IPAddress?, _ reason: String) {
        logger.log(
            .warning,
            key: "PROXY protocol",
            "closed a connection: PROXY_PROTOCOL is on",
            metadata: ["peer": "\(peer.map { "\($0)" } ?? "?")", "reason": "\(reason)"]
        )
    }
}
