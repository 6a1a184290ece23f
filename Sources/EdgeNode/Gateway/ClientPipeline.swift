import Logging
import NIOCore
import NIOSSL
import Platform

/// What stands in the pipeline of a connection that was accepted, up to the gateway, the same for all of a node. `open` is
/// called on the connection's loop, which is its shard's.
///
/// With the PROXY protocol a peer that is no trusted proxy is closed unread, and so is whoever does not begin with its
/// header; everything else is added when that has been read. Where the address is then the client's own, its limits are looked
/// at before anything is spent on it: whoever is beyond them is told so by HTTP, `visitors` of one address at a time, and
/// others are closed; under TLS all of them, since to tell them would take a handshake.
struct ClientPipeline: Sendable {
    private static let visitors = 16

    /// Why nothing is added: the connection is to be closed.
    struct TurnedAway: Error {}

    let proxies: TrustedProxies
    let speaksProxyProtocol: Bool
    /// Nil: clients come in plain text.
    let certificate: ServerCertificate?
    let limits: AddressLimits
    let paths: WebSocketPaths
    let admission: any Admission
    let router: HTTPRouter
    let logger: RateLimitedLogger

    /// Where it throws the connection is to be closed.
    func open(_ channel: any Channel, on shard: Shard) throws {
        let peer = channel.remoteAddress.flatMap { IPAddress($0) }
        let acceptedAt = channel.eventLoop.now
        guard speaksProxyProtocol else { return try add(to: channel, address: peer, shard, acceptedAt) }
        guard let peer, proxies.contains(peer) else {
            complain(of: peer, "it is not in TRUSTED_PROXIES")
            throw TurnedAway()
        }
        let header = ProxyHeaderHandler(timeout: shard.settings.handshakeTimeout) { fault in
            complain(of: peer, "\(fault)")
        } follow: { header, context in
            shard.turns.catchUp()
            try add(to: context.channel, address: header.source ?? peer, shard, acceptedAt)
        }
        try channel.pipeline.syncOperations.addHandler(header)
    }

    private func add(
        to channel: any Channel,
        address: IPAddress?,
        _ shard: Shard,
        _ acceptedAt: NIODeadline
    ) throws {
        let arrival = try judge(address, channel)
        let pipeline = channel.pipeline.syncOperations
        if let certificate { try pipeline.addHandler(NIOSSLServerHandler(context: certificate.context)) }
        try GatewayHandler.add(
            to: pipeline,
            shard: shard,
            paths: paths,
            admission: admission,
            router: router,
            arrival: arrival,
            acceptedAt: acceptedAt,
            proxies: proxies
        )
    }

    private func judge(_ address: IPAddress?, _ channel: any Channel) throws(TurnedAway) -> Arrival {
        guard let address, !proxies.contains(address) else { return Arrival(address: address) }
        switch limits.enter(address, room: certificate == nil ? Self.visitors : 0) {
        case .admitted(let seat):
            if let seat { channel.closeFuture.whenComplete { _ in seat.free() } }
            return Arrival(address: address, verdict: .welcome)
        case .refused(let refusal, let seat):
            channel.closeFuture.whenComplete { _ in seat.free() }
            return Arrival(address: address, verdict: .refused(refusal))
        case .turnedAway(let refusal):
            logger.log(
                .info,
                key: "address limits",
                "closed a connection: its address is beyond a limit",
                metadata: ["address": "\(address)", "limit": "\(refusal.setting)"]
            )
            throw TurnedAway()
        }
    }

    private func complain(of peer: IPAddress?, _ reason: String) {
        limits.counters.proxyProtocol.add()
        logger.log(
            .warning,
            key: "PROXY protocol",
            "closed a connection: PROXY_PROTOCOL is on",
            metadata: ["peer": "\(peer.map { "\($0)" } ?? "?")", "reason": "\(reason)"]
        )
    }
}
