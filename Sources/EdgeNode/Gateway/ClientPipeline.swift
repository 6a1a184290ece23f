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
        let peer = Arrival(
            number: shard.node.accepted.add(),
            address: channel.remoteAddress.flatMap { IPAddress($0) }
        )
        let acceptedAt = channel.eventLoop.now
        guard speaksProxyProtocol else { return try add(peer, to: channel, shard, acceptedAt) }
        guard let address = peer.address, proxies.contains(address) else {
            complain(of: peer, "it is not in TRUSTED_PROXIES")
            throw TurnedAway()
        }
        let header = ProxyHeaderHandler(timeout: shard.settings.handshakeTimeout) { fault in
            complain(of: peer, "\(fault)")
        } overdue: {
            shard.counters.refusals.add(.timeout)
        } follow: { header, context in
            shard.turns.catchUp()
            let client = Arrival(number: peer.number, address: header.source ?? address)
            try add(client, to: context.channel, shard, acceptedAt)
        }
        try channel.pipeline.syncOperations.addHandler(header)
    }

    private func add(
        _ arrival: Arrival,
        to channel: any Channel,
        _ shard: Shard,
        _ acceptedAt: NIODeadline
    ) throws {
        let arrival = try judge(arrival, channel)
        let pipeline = channel.pipeline.syncOperations
        if let certificate {
            try pipeline.addHandler(NIOSSLServerHandler(context: certificate.context))
            try pipeline.addHandler(TLSFailureHandler { shard.counters.refusals.add(.tls) })
        }
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

    private func judge(_ arrival: Arrival, _ channel: any Channel) throws(TurnedAway) -> Arrival {
        guard let address = arrival.address, !proxies.contains(address) else { return arrival }
        var judged = arrival
        switch limits.enter(address, room: certificate == nil ? Self.visitors : 0) {
        case .admitted(let seat):
            if let seat { channel.closeFuture.whenComplete { _ in seat.free() } }
            judged.verdict = .welcome
        case .refused(let refusal, let seat):
            channel.closeFuture.whenComplete { _ in seat.free() }
            judged.verdict = .refused(refusal)
        case .turnedAway(let refusal):
            logger.log(
                .info,
                key: "address limits",
                "closed a connection: its address is beyond a limit",
                metadata: arrival.fields.with(["limit": "\(refusal.setting)"])
            )
            throw TurnedAway()
        }
        return judged
    }

    private func complain(of peer: Arrival, _ reason: String) {
        limits.counters.proxyProtocol.add()
        logger.log(
            .warning,
            key: "PROXY protocol",
            "closed a connection: PROXY_PROTOCOL is on",
            metadata: peer.fields.with(["reason": "\(reason)"])
        )
    }
}
