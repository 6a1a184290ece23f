import NIOCore
import Shared

/// Subscribe requests: activated, answered, joined.
extension Shard {
    /// Answers the request at once where all of its streams are live here, otherwise when they are.
    func subscribe(_ request: PendingSubscribe) {
        let now = eventLoop.now
        let fanOuts = request.streams.map { fanOut(for: $0, at: now) }
        request.awaited = Set(fanOuts.filter { !$0.isLive }.map(\.stream))
        guard !request.awaited.isEmpty else { return answer(request, at: now) }
        // Also where a stream is live: it must not go unnoticed before the answer.
        for fanOut in fanOuts { fanOut.waiting.append(request) }
    }

    func unsubscribe(_ connection: ClientConnection, from stream: StreamName) {
        guard let subscription = connection.subscriptions.removeValue(forKey: stream) else { return }
        counters.subscriptions.add(-1)
        forgetDebt(of: subscription)
        fanOuts[stream]?.remove(subscription, at: eventLoop.now)
    }

    func forgetSubscriptions(of connection: ClientConnection) {
        for stream in Array(connection.subscriptions.keys) { unsubscribe(connection, from: stream) }
    }

    func fanOut(for stream: StreamName, at now: NIODeadline) -> StreamFanOut {
        if let fanOut = fanOuts[stream] { return fanOut }
        let fanOut = StreamFanOut(stream: stream, encoder: hub.encoder(for: stream), at: now)
        fanOuts[stream] = fanOut
        counters.activeStreams.add()
        hub.activate(stream, on: index)
        return fanOut
    }

    /// The reply first, then each stream's state, then what is live: all in one turn of the loop, so that nothing can
    /// come in between.
    func answer(_ request: PendingSubscribe, at now: NIODeadline) {
        request.isAnswered = true
        guard let connection = request.connection, !connection.isClosing else { return }
        let wanted = request.wanted
        var positions: [(String, Position)] = []
        var named: Set<StreamName> = []
        for stream in wanted.map(\.stream) where named.insert(stream).inserted {
            if let position = fanOuts[stream]?.state.position { positions.append((stream.canonical, position)) }
        }
        connection.send(
            .subscribed(
                accepted: wanted.map(\.argument.spelling),
                rejected: request.rejected,
                positions: positions,
                token: nil
            ),
            in: request.dialect,
            id: request.id
        )
        guard !connection.isClosing else { return }
        for item in wanted { join(connection, item, request.dialect, at: now) }
        connection.finished(request)
    }

    func join(
        _ connection: ClientConnection,
        _ item: PendingSubscribe.Wanted,
        _ dialect: Dialect,
        at now: NIODeadline
    ) {
        guard let fanOut = fanOuts[item.stream] else { return }
        let subscription = Subscription(
            connection: connection,
            stream: item.stream,
            dialect: dialect,
            spelling: item.argument.spelling,
            maxRate: item.argument.maxRate
        )
        if let present = connection.subscriptions[item.stream] {
            // Asked for again as it is, it just goes on; in another dialect or at another rate, it begins anew.
            guard present.dialect != dialect || present.minimumInterval != subscription.minimumInterval else { return }
            unsubscribe(connection, from: item.stream)
        }
        connection.subscriptions[item.stream] = subscription
        counters.subscriptions.add()
        hub.use(dialect, for: item.stream)
        fanOut.add(subscription)
        sendSnapshot(to: subscription, fanOut, at: now)
    }

    func sendSnapshot(to subscription: Subscription, _ fanOut: StreamFanOut, at now: NIODeadline) {
        guard let snapshot = fanOut.state.snapshot() else { return }
        guard subscription.connection.hasRoom() else {
            subscription.startsWithState = true
            return owe(snapshot.position.sequence, to: subscription)
        }
        deliver(fanOut.encoder.frame(snapshot, in: subscription.dialect), to: subscription, at: now)
    }
}
