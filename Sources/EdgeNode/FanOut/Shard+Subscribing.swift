import Core
import NIOCore

/// Subscribe requests: activated, answered, joined.
extension Shard {
    /// Answers the request at once where all that it needs is at hand here, otherwise when it is.
    func subscribe(_ request: PendingSubscribe) {
        let now = eventLoop.now
        introduceStreams(of: request, at: now)
        let fanOuts = request.descriptors.map { fanOut(for: $0, at: now) }
        for fanOut in fanOuts where fanOut.isLive && request.needsLog(of: fanOut.stream) {
            prepareReplay(fanOut, at: now)
        }
        request.awaited = Set(fanOuts.filter { !$0.isReady(for: request) }.map(\.stream))
        guard !request.awaited.isEmpty else { return answer(request, at: now) }
        // Also where a stream is ready: it must not go unnoticed before the answer.
        for fanOut in fanOuts { fanOut.waiting.append(request) }
    }

    func unsubscribe(_ connection: ClientConnection, from stream: StreamName) {
        guard let subscription = connection.subscriptions.removeValue(forKey: stream) else { return }
        counters.subscriptions.add(-1)
        forgetDebt(of: subscription)
        fanOuts[stream]?.remove(subscription, at: eventLoop.now)
    }

    /// Streams that nobody here has heard are asked of the exchange at the client's rank; those beyond its bound it does not
    /// get.
    private func introduceStreams(of request: PendingSubscribe, at now: NIODeadline) {
        guard let connection = request.connection else { return }
        for descriptor in request.wanted.map(\.descriptor) {
            let stream = descriptor.name
            let present = fanOuts[stream]
            guard present.map({ $0.rank > 0 }) ?? hub.isUnheard(stream) else { continue }
            guard let rank = connection.introductions(at: now).rank(at: now) else {
                if present == nil { request.reject(stream) { .tooManyNew($0) } }
                continue
            }
            // Who wants what somebody else has asked for already asks for nothing, unless it comes earlier so.
            if let present, present.rank <= rank { continue }
            connection.introductions(at: now).introduce(at: now)
            let fanOut = present ?? fanOut(for: descriptor, at: now, rank: rank)
            if present != nil { hub.advance(stream, to: rank) }
            fanOut.rank = rank
            fanOut.introducer = connection.introductions(at: now)
        }
    }

    func fanOut(for descriptor: StreamDescriptor, at now: NIODeadline, rank: Int = 0) -> StreamFanOut {
        if let fanOut = fanOuts[descriptor.name] { return fanOut }
        // What it answers is taken from the mailbox, later.
        hub.activate(descriptor, on: index, rank: rank)
        let fanOut = StreamFanOut(
            descriptor,
            dialects: dialects,
            snapshots: hub.snapshots(of: descriptor.name) ?? SnapshotCache(),
            at: now
        )
        fanOuts[descriptor.name] = fanOut
        counters.activeStreams.add()
        return fanOut
    }

    /// The reply first, then each stream's state, then what is live: all in one turn of the loop, so that nothing can
    /// come in between.
    func answer(_ request: PendingSubscribe, at now: NIODeadline) {
        request.isAnswered = true
        guard let connection = request.connection, !connection.isClosing else { return }
        if request.kind == .resume { return answerResume(request, connection, at: now) }
        let positions = positions(of: connection, before: request.wanted)
        let isTold = connection.send(
            .subscribed(
                accepted: request.wanted.map(\.argument.spelling),
                rejected: request.rejected,
                positions: Self.named(positions, of: request.wanted),
                token: connection.resumeToken(adding: request.wanted, at: positions)
            ),
            in: request.dialect,
            id: request.id
        )
        guard isTold else { return connection.finished(request) }
        // What is written for one may show that the client has gone: nothing can be joined any more.
        for item in request.wanted where !connection.isClosing { join(connection, item, at: now) }
        connection.finished(request)
    }

    func join(_ connection: ClientConnection, _ item: PendingSubscribe.Wanted, at now: NIODeadline) {
        guard let fanOut = fanOuts[item.stream] else { return }
        if let present = connection.subscriptions[item.stream] {
            guard !present.goesOn(as: item) else { return }
            unsubscribe(connection, from: item.stream)
        }
        sendSnapshot(to: add(item, of: connection, to: fanOut, at: now), fanOut, at: now)
    }

    func add(
        _ item: PendingSubscribe.Wanted,
        of connection: ClientConnection,
        to fanOut: StreamFanOut,
        at now: NIODeadline
    ) -> Subscription {
        let subscription = Subscription(
            connection: connection,
            descriptor: fanOut.descriptor,
            variant: item.variant,
            spelling: item.argument.spelling,
            maxRate: item.argument.maxRate
        )
        connection.subscriptions[item.stream] = subscription
        counters.subscriptions.add()
        tellHeldSoFar(fanOut, at: now)
        fanOut.add(subscription)
        return subscription
    }

    func sendSnapshot(to subscription: Subscription, _ fanOut: StreamFanOut, at now: NIODeadline) {
        guard let snapshot = fanOut.snapshot() else { return fanOut.markAsLacking(subscription) }
        guard subscription.hasRoom else {
            subscription.startsWithState = true
            return owe(snapshot.position.sequence, to: subscription)
        }
        subscription.lacksState = false
        guard let frame = fanOut.snapshotFrame(subscription.variant) else { return }
        deliver(frame, to: subscription, at: now)
    }
}
