import NIOCore
import Shared
import Synchronization

/// One event loop of the node with the clients and the subscriber lists that live on it.
///
/// Everything here is touched on that loop only, so nothing locks. What the hub hands over is taken from the mailbox once per
/// wake-up; frames are collected per client and flushed once.
final class Shard {
    let index: Int
    let eventLoop: any EventLoop
    let settings: ConnectionSettings
    let node: NodeState
    let counters: ShardCounters
    private let hub: Hub
    private let mailbox: ShardMailbox
    /// A frame is copied once per shard when several shards would otherwise count references to the same bytes.
    private let copiesFrames: Bool
    private(set) var fanOuts: [StreamName: StreamFanOut] = [:]
    private var connections: [ClientConnection] = []
    private var dirty: [ClientConnection] = []
    private var throttled: [Subscription] = []
    private var isReleaseScheduled = false
    private var whenEmpty: (() -> Void)?

    init(
        index: Int,
        eventLoop: any EventLoop,
        settings: ConnectionSettings,
        node: NodeState,
        counters: ShardCounters,
        hub: Hub,
        mailbox: ShardMailbox,
        copiesFrames: Bool
    ) {
        self.index = index
        self.eventLoop = eventLoop
        self.settings = settings
        self.node = node
        self.counters = counters
        self.hub = hub
        self.mailbox = mailbox
        self.copiesFrames = copiesFrames
    }

    // MARK: Connections

    func add(_ connection: ClientConnection) {
        connection.index = connections.count
        connections.append(connection)
        counters.connections.add()
        counters.connectionsEver.add()
    }

    func remove(_ connection: ClientConnection) {
        forgetSubscriptions(of: connection)
        let last = connections.removeLast()
        if last !== connection {
            last.index = connection.index
            connections[connection.index] = last
        }
        counters.connections.add(-1)
        node.clients.subtract(1, ordering: .relaxed)
        if connections.isEmpty { whenEmpty?() }
    }

    /// Says goodbye to every client; `completion` is called when the last has gone.
    func drain(window: TimeAmount, completion: @escaping () -> Void) {
        guard !connections.isEmpty else { return completion() }
        whenEmpty = completion
        for connection in connections {
            let wait = Int.random(in: 0...Int(max(1000, window.nanoseconds / 1_000_000)))
            connection.send(.goingAway(reconnectAfterMilliseconds: wait), in: connection.dialect)
            connection.close(.goingAway, reason: "Server going away")
        }
        flush()
    }

    func closeAll() {
        for connection in connections { connection.closeSocket() }
    }

    func flushLater(_ connection: ClientConnection) { dirty.append(connection) }

    func flush() {
        guard !dirty.isEmpty else { return }
        let connections = dirty
        dirty.removeAll(keepingCapacity: true)
        for connection in connections { connection.flushNow() }
    }

    // MARK: Subscribing

    /// Answers the request at once where all of its streams are live here, otherwise when they are.
    func subscribe(_ request: PendingSubscribe) {
        let now = NIODeadline.now()
        let failed = Set(request.rejected.map(\.spelling))
        for wanted in request.wanted where !failed.contains(wanted.argument.spelling) {
            let fanOut = fanOut(for: wanted.stream, at: now)
            guard !fanOut.isLive else { continue }
            fanOut.waiting.append(request)
            request.remaining += 1
        }
        if request.remaining == 0 { answer(request, at: now) }
    }

    func unsubscribe(_ connection: ClientConnection, from stream: StreamName) {
        guard let subscription = connection.subscriptions.removeValue(forKey: stream) else { return }
        counters.subscriptions.add(-1)
        subscription.owedFrom = nil
        connection.owed.removeAll { $0 === subscription }
        throttled.removeAll { $0 === subscription }
        fanOuts[stream]?.remove(subscription, at: .now())
    }

    func forgetSubscriptions(of connection: ClientConnection) {
        for stream in Array(connection.subscriptions.keys) { unsubscribe(connection, from: stream) }
    }

    private func fanOut(for stream: StreamName, at now: NIODeadline) -> StreamFanOut {
        if let fanOut = fanOuts[stream] { return fanOut }
        let fanOut = StreamFanOut(stream: stream, encoder: hub.encoder(for: stream), at: now)
        fanOuts[stream] = fanOut
        counters.activeStreams.add()
        hub.activate(stream, on: index)
        return fanOut
    }

    /// The reply first, then each stream's state, then what is live: all in one turn of the loop, so that nothing can come
    /// in between.
    private func answer(_ request: PendingSubscribe, at now: NIODeadline) {
        guard let connection = request.connection, !connection.isClosing else { return }
        let failed = Set(request.rejected.map(\.spelling))
        let wanted = request.wanted.filter { !failed.contains($0.argument.spelling) && fanOuts[$0.stream] != nil }
        var positions: [(String, Position)] = []
        var named: Set<StreamName> = []
        for stream in wanted.map(\.stream) where named.insert(stream).inserted {
            if let position = fanOuts[stream]?.state.position { positions.append((stream.canonical, position)) }
        }
        connection.send(
            .subscribed(
                accepted: wanted.map(\.argument.spelling),
                rejected: request.rejected,
                positions: positions
            ),
            in: request.dialect,
            id: request.id
        )
        for item in wanted { join(connection, item, request.dialect, at: now) }
        connection.finished(request)
    }

    private func join(
        _ connection: ClientConnection,
        _ item: PendingSubscribe.Wanted,
        _ dialect: Dialect,
        at now: NIODeadline
    ) {
        guard let fanOut = fanOuts[item.stream] else { return }
        if let present = connection.subscriptions[item.stream] {
            // Asked for again in the same dialect, it just goes on; in another, its data change to that.
            guard present.dialect != dialect else { return }
            unsubscribe(connection, from: item.stream)
        }
        let subscription = Subscription(
            connection: connection,
            stream: item.stream,
            dialect: dialect,
            spelling: item.argument.spelling,
            maxRate: item.argument.maxRate
        )
        connection.subscriptions[item.stream] = subscription
        counters.subscriptions.add()
        hub.use(dialect, for: item.stream)
        fanOut.add(subscription)
        sendSnapshot(to: subscription, fanOut, at: now)
    }

    private func sendSnapshot(to subscription: Subscription, _ fanOut: StreamFanOut, at now: NIODeadline) {
        guard let snapshot = fanOut.state.snapshot() else { return }
        deliver(fanOut.encoder.frame(snapshot, in: subscription.dialect), to: subscription, at: now)
    }

    // MARK: What the hub hands over

    /// Takes all that is in the mailbox.
    func drain() {
        let now = NIODeadline.now()
        for item in mailbox.take() {
            switch item {
            case .publication(let encoded): take(encoded, at: now)
            case .activated(let stream, let state): activated(stream, state, at: now)
            case .failed(let stream, let reason):
                end(stream, at: now) { Rejection($0, code: "INTERNAL_ERROR", reason: reason) }
            case .refused(let stream, let reason): end(stream, at: now) { .refused($0, reason: reason) }
            }
        }
        flush()
    }

    private func activated(_ stream: StreamName, _ state: StreamState, at now: NIODeadline) {
        guard let fanOut = fanOuts[stream], !fanOut.isLive else { return }
        let before = fanOut.state.position
        fanOut.phase = .live
        fanOut.state = state
        if let before, let position = state.position { rejoin(fanOut, after: before, at: position, now) }
        let requests = fanOut.waiting
        fanOut.waiting = []
        for request in requests { settle(request) }
    }

    /// One stream less to wait for. After the last one all are looked at again: what was live when it was asked for may have
    /// been let go since, as nobody subscribed to it yet.
    private func settle(_ request: PendingSubscribe) {
        request.remaining -= 1
        guard request.remaining == 0, request.connection != nil else { return }
        subscribe(request)
    }

    /// A book that had a hole is known again: those who have subscribed are told of the gap and get the new state.
    private func rejoin(_ fanOut: StreamFanOut, after before: Position, at position: Position, _ now: NIODeadline) {
        guard position > before else { return }
        tellGap(fanOut, from: before.sequence + 1, to: position.sequence, epoch: position.epoch, reason: .edge, at: now)
        for subscription in fanOut.all { sendSnapshot(to: subscription, fanOut, at: now) }
    }

    /// The stream is over on this node: subscribers are told, requests that wait for it are answered.
    private func end(_ stream: StreamName, at now: NIODeadline, _ rejection: (String) -> Rejection) {
        guard let fanOut = fanOuts.removeValue(forKey: stream) else { return }
        counters.activeStreams.add(-1)
        for subscription in fanOut.all {
            subscription.connection.subscriptions[stream] = nil
            counters.subscriptions.add(-1)
            subscription.connection.owed.removeAll { $0 === subscription }
            throttled.removeAll { $0 === subscription }
            subscription.connection.send(.rejected([rejection(subscription.spelling)]), in: subscription.dialect)
        }
        for request in fanOut.waiting {
            for wanted in request.wanted where wanted.stream == stream {
                request.rejected.append(rejection(wanted.argument.spelling))
            }
            settle(request)
        }
    }
}

// MARK: - Delivering

extension Shard {
    private func take(_ encoded: EncodedPublication, at now: NIODeadline) {
        let publication = encoded.publication
        guard let fanOut = fanOuts[publication.stream], fanOut.isLive else { return }
        let last = fanOut.state.position
        if let last {
            guard publication.position > last, publication.position.sequence > last.sequence else {
                counters.staleDropped.add()
                return
            }
            if publication.position.sequence > last.sequence + 1 {
                return takeAfterHole(encoded, fanOut, last: last, at: now)
            }
        }
        fanOut.state.apply(publication)
        if case .gap(let reason) = publication.kind {
            let sequence = publication.position.sequence
            return tellGap(
                fanOut,
                from: sequence,
                to: sequence,
                epoch: publication.position.epoch,
                reason: reason,
                at: now
            )
        }
        for dialect in Dialect.allCases where !fanOut.subscribers[Int(dialect.rawValue)].isEmpty {
            let frame =
                encoded.frame(in: dialect)
                ?? fanOut.encoder.frame(publication, in: dialect, tellsEpoch: encoded.opensEpoch)
            deliver(owned(frame), publication, to: fanOut.subscribers[Int(dialect.rawValue)], at: now)
        }
    }

    /// Publications in between are missing. State can be had again; events are told as a gap.
    private func takeAfterHole(
        _ encoded: EncodedPublication,
        _ fanOut: StreamFanOut,
        last: Position,
        at now: NIODeadline
    ) {
        counters.gaps.add()
        var publication = encoded.publication
        if fanOut.stream.deliveryClass == .delta, publication.kind != .snapshot {
            // The hub answers with the state that it has, behind what is in the mailbox already.
            fanOut.phase = .activating(since: now)
            return hub.activate(fanOut.stream, on: index)
        }
        fanOut.state.apply(publication)
        let isGap = if case .gap = publication.kind { true } else { false }
        let end = publication.position.sequence - (isGap ? 0 : 1)
        tellGap(fanOut, from: last.sequence + 1, to: end, epoch: publication.position.epoch, reason: .edge, at: now)
        guard !isGap else { return }
        if fanOut.stream.deliveryClass != .event { publication.kind = .snapshot }
        for dialect in Dialect.allCases where !fanOut.subscribers[Int(dialect.rawValue)].isEmpty {
            let frame = fanOut.encoder.frame(publication, in: dialect, tellsEpoch: true)
            deliver(frame, publication, to: fanOut.subscribers[Int(dialect.rawValue)], at: now)
        }
    }

    private func tellGap(
        _ fanOut: StreamFanOut,
        from: UInt64,
        to: UInt64,
        epoch: UInt64,
        reason: GapReason,
        at now: NIODeadline
    ) {
        for dialect in Dialect.allCases where !fanOut.subscribers[Int(dialect.rawValue)].isEmpty {
            guard let frame = fanOut.encoder.gap(from: from, to: to, epoch: epoch, reason: reason, in: dialect) else {
                continue
            }
            for subscription in fanOut.subscribers[Int(dialect.rawValue)] {
                deliver(frame, to: subscription, at: now)
            }
        }
    }

    private func deliver(
        _ frame: ByteBuffer,
        _ publication: Publication,
        to subscriptions: [Subscription],
        at now: NIODeadline
    ) {
        for subscription in subscriptions {
            guard subscription.owedFrom == nil, subscription.connection.hasRoom(),
                subscription.minimumInterval == 0 || subscription.nextAllowed <= now
            else {
                hold(publication, from: subscription)
                continue
            }
            deliver(frame, to: subscription, at: now)
        }
    }

    private func deliver(_ frame: ByteBuffer, to subscription: Subscription, at now: NIODeadline) {
        subscription.connection.lastActivity = now
        if subscription.minimumInterval > 0 {
            subscription.nextAllowed = now + .nanoseconds(subscription.minimumInterval)
        }
        counters.messagesSent.add()
        subscription.connection.write(frame)
    }

    /// The client can't take it now: state is owed, an event that does not fit ends the connection.
    private func hold(_ publication: Publication, from subscription: Subscription) {
        guard subscription.stream.deliveryClass != .event else {
            counters.slowConsumersClosed.add()
            return subscription.connection.close(
                .slowConsumer,
                reason: "Slow consumer: \(settings.maximumOutboxBytes) bytes wait and \(subscription.stream) can't be thinned"
            )
        }
        counters.conflated.add()
        if publication.kind == .snapshot { subscription.owesSnapshot = true }
        guard subscription.owedFrom == nil else { return }
        subscription.owedFrom = publication.position.sequence
        if subscription.connection.isWritable {
            throttled.append(subscription)
            scheduleRelease()
        } else {
            subscription.connection.owed.append(subscription)
        }
    }

    /// There is room in the client's outbox again: it gets the newest state of what was held back.
    func settle(_ connection: ClientConnection) {
        guard !connection.owed.isEmpty else { return }
        let now = NIODeadline.now()
        let owed = connection.owed
        connection.owed = []
        for subscription in owed {
            guard connection.isWritable else {
                connection.owed.append(subscription)
                continue
            }
            payDebt(subscription, at: now)
        }
        flush()
    }

    private func payDebt(_ subscription: Subscription, at now: NIODeadline) {
        guard let first = subscription.owedFrom, let fanOut = fanOuts[subscription.stream] else { return }
        let isSnapshot = subscription.owesSnapshot || subscription.stream.deliveryClass != .latest
        subscription.owedFrom = nil
        subscription.owesSnapshot = false
        guard var newest = fanOut.state.snapshot() else { return }
        newest.kind = isSnapshot ? .snapshot : .update
        let frame = fanOut.encoder.frame(newest, in: subscription.dialect, first: first, tellsEpoch: true)
        deliver(frame, to: subscription, at: now)
    }

    /// Subscriptions with a `maxRate` are looked at every 10 ms while any of them is owed something.
    private func scheduleRelease() {
        guard !isReleaseScheduled else { return }
        isReleaseScheduled = true
        eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(10)) { [self] in
            isReleaseScheduled = false
            release(at: .now())
        }
    }

    private func release(at now: NIODeadline) {
        let waiting = throttled
        throttled = []
        for subscription in waiting {
            if subscription.nextAllowed > now {
                throttled.append(subscription)
            } else if subscription.connection.isWritable {
                payDebt(subscription, at: now)
            } else {
                subscription.connection.owed.append(subscription)
            }
        }
        flush()
        if !throttled.isEmpty { scheduleRelease() }
    }

    private func owned(_ frame: ByteBuffer) -> ByteBuffer {
        guard copiesFrames else { return frame }
        var copy = ByteBufferAllocator().buffer(capacity: frame.readableBytes)
        copy.writeImmutableBuffer(frame)
        return copy
    }
}

// MARK: - The sweep

extension Shard {
    /// To be called every second: one pass over all clients and streams instead of a timer for each.
    func sweep(at now: NIODeadline = .now()) {
        for connection in connections { inspect(connection, at: now) }
        for fanOut in Array(fanOuts.values) { inspect(fanOut, at: now) }
        flush()
    }

    private func inspect(_ connection: ClientConnection, at now: NIODeadline) {
        if let deadline = connection.closeDeadline {
            if deadline <= now { connection.closeSocket() }
            return
        }
        if let stall = connection.stall {
            let bytes = connection.outboxBytes
            guard bytes < stall.bytes else {
                if stall.since + settings.stallTimeout <= now {
                    counters.slowConsumersClosed.add()
                    connection.close(.slowConsumer, reason: "Slow consumer: the socket has taken nothing for too long")
                }
                return
            }
            connection.stall = (now, bytes)
        }
        if connection.lastActivity + settings.idleTimeout <= now {
            return connection.close(.idleTimeout, reason: "Idle timeout")
        }
        if connection.isAwaitingPong {
            if connection.lastPing + settings.pingTimeout <= now {
                connection.close(.internal, reason: "keepalive ping timeout")
            }
        } else if connection.lastPing + settings.pingInterval <= now {
            connection.sendPing(at: now)
        }
    }

    private func inspect(_ fanOut: StreamFanOut, at now: NIODeadline) {
        if case .activating(let since) = fanOut.phase, since + settings.activationTimeout <= now {
            hub.release(fanOut.stream, on: index)
            return end(fanOut.stream, at: now) {
                Rejection($0, code: "INTERNAL_ERROR", reason: "Temporarily unavailable: the broker does not answer")
            }
        }
        guard let emptySince = fanOut.emptySince, fanOut.waiting.isEmpty, emptySince + settings.linger <= now else { return }
        fanOuts[fanOut.stream] = nil
        counters.activeStreams.add(-1)
        hub.release(fanOut.stream, on: index)
    }
}

@available(*, unavailable)
extension Shard: Sendable {}
