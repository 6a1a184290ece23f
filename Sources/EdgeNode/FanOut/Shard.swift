import Core
import NIOCore
import Stores

/// One event loop of the node with the clients and the subscriber lists that live on it, and what the hub tells it.
///
/// Everything here is touched on that loop only, so nothing locks. What the hub hands over is taken from the mailbox
/// turn by turn (`Turns`), given to clients (`Broadcast`), collected per client and sent once (`Egress`).
final class Shard {
    let eventLoop: any EventLoop
    let settings: ConnectionSettings
    let node: NodeState
    let tokens: ResumeTokenSigner
    /// Who may read what.
    let permissions: Permissions
    /// Says who shows a token on a connection that is there.
    let reauthentication: any Reauthentication
    /// Of each user and key.
    let connections: PrincipalConnections
    let dialects: DialectRegistry
    let counters: ShardCounters
    let hub: Hub
    /// Frames that were written, on their way to the sockets.
    let egress: Egress
    let turns: Turns
    let streams: StreamTable
    let conflation: Conflation
    let subscriptions: ShardSubscriptions
    let requests: SubscribeRequests
    let clients: ShardClients
    let sweep: Sweep
    let evictions: Evictions
    private let gaps: GapNotices
    private let broadcast: Broadcast

    /// - Parameters:
    ///   - index: Its place among the node's.
    ///   - shards: How many the node has.
    init(
        index: Int,
        eventLoop: any EventLoop,
        settings: ConnectionSettings,
        node: NodeState,
        tokens: ResumeTokenSigner,
        permissions: Permissions = Permissions(),
        reauthentication: any Reauthentication = NoReauthentication(),
        connections: PrincipalConnections = PrincipalConnections(),
        revocations: Revocations? = nil,
        dialects: DialectRegistry,
        counters: ShardCounters,
        hub: Hub,
        mailbox: ShardMailbox,
        shards: Int
    ) {
        self.eventLoop = eventLoop
        self.settings = settings
        self.node = node
        self.tokens = tokens
        self.permissions = permissions
        self.reauthentication = reauthentication
        self.connections = connections
        self.dialects = dialects
        self.counters = counters
        self.hub = hub
        egress = Egress(eventLoop: eventLoop, limits: settings.outbox, shards: shards, counters: counters)
        turns = Turns(egress: egress, mailbox: mailbox, counters: counters)
        streams = StreamTable(shard: index, hub: hub, dialects: dialects, counters: counters)
        conflation = Conflation(streams: streams, egress: egress, turns: turns, counters: counters)
        gaps = GapNotices(egress: egress, conflation: conflation)
        broadcast = Broadcast(
            streams: streams,
            egress: egress,
            conflation: conflation,
            gaps: gaps,
            counters: counters,
            shards: shards
        )
        subscriptions = ShardSubscriptions(
            streams: streams,
            egress: egress,
            conflation: conflation,
            gaps: gaps,
            tokens: tokens,
            counters: counters
        )
        let resumes = ResumeAnswers(
            streams: streams,
            subscriptions: subscriptions,
            counters: counters,
            limits: settings.outbox
        )
        requests = SubscribeRequests(
            streams: streams,
            subscriptions: subscriptions,
            resumes: resumes,
            eventLoop: eventLoop
        )
        clients = ShardClients(
            eventLoop: eventLoop,
            node: node,
            turns: turns,
            subscriptions: subscriptions,
            counters: counters,
            closeTimeout: settings.closeTimeout
        )
        sweep = Sweep(
            eventLoop: eventLoop,
            settings: settings,
            turns: turns,
            clients: clients,
            streams: streams,
            requests: requests
        )
        evictions = Evictions(eventLoop: eventLoop, turns: turns, clients: clients, revocations: revocations)
        // The hub keeps its shards, by their ports, for as long as the node is there.
        turns.start { [unowned self] item, now in take(item, at: now) }
    }

    /// What the hub hands over. Answers whether it was a publication for anybody here.
    private func take(_ item: ShardItem, at now: NIODeadline) -> Bool {
        switch item {
        case .publication(let envelope): return broadcast.take(envelope, at: now)
        case .activated(let stream, let state): activated(stream, state, at: now)
        case .dropped(let stream):
            guard let fanOut = streams[stream], fanOut.isLive else { return false }
            streams.askAnew(for: fanOut)
        case .log(let stream, let read, let slice):
            guard let fanOut = streams[stream] else { return false }
            requests.complete(fanOut, by: read, with: slice, at: now)
        case .failed(let stream, let reason):
            requests.end(stream, at: now) { Rejection($0, code: "INTERNAL_ERROR", reason: reason) }
        case .refused(let stream, let reason): requests.end(stream, at: now) { .refused($0, reason: reason) }
        }
        return false
    }

    private func activated(_ stream: StreamName, _ state: StreamState, at now: NIODeadline) {
        guard let fanOut = streams[stream] else { return }
        let before = fanOut.state.position
        if fanOut.isLive {
            // Publications were dropped on the way here. What has come since has shown the hole, unless nothing has.
            guard let before, let position = state.position, before < position else { return }
            fanOut.replay = nil
        }
        fanOut.phase = .live
        fanOut.restart(with: state)
        fanOut.promotesNext = !state.isKnown
        // Whoever joins gets the epoch with its state or its position; whoever is here, with the new state.
        if before == nil || state.isKnown { fanOut.dataEpoch = state.position?.epoch }
        if state.position != nil, fanOut.rank > 0 { fanOut.heard() }
        if let before, let position = state.position { rejoin(fanOut, after: before, at: position, now) }
        requests.streamIsLive(fanOut, at: now)
    }

    /// A stream that had a hole is known again: those who have subscribed are told of the gap and get the new state.
    private func rejoin(_ fanOut: StreamFanOut, after before: Position, at position: Position, _ now: NIODeadline) {
        guard position > before else { return }
        let missed = fanOut.heldFrom ?? before.sequence + 1
        fanOut.heldFrom = nil
        for subscription in fanOut.all where subscription.owedFrom == nil && !subscription.hasRoom {
            conflation.owe(missed, to: subscription)
        }
        let reason = GapNotices.reason(of: position, after: before)
        gaps.tell(fanOut, from: missed, to: position.sequence, epoch: position.epoch, reason: reason, at: now)
        // Where the hub does not know the state either, the ingestor's next snapshot follows.
        for subscription in fanOut.all where subscription.owedFrom == nil {
            subscriptions.sendSnapshot(to: subscription, fanOut, at: now)
        }
        conflation.settleHeld(fanOut, at: now)
    }
}

@available(*, unavailable)
extension Shard: Sendable {}
