import Core
import NIOCore

/// What the hub hands over.
extension Shard {
    func take(_ item: ShardItem, at now: NIODeadline) {
        switch item {
        case .publication(let envelope): take(envelope, at: now)
        case .activated(let stream, let state): activated(stream, state, at: now)
        case .dropped(let stream):
            guard let fanOut = fanOuts[stream], fanOut.isLive else { return }
            hub.activate(fanOut.descriptor, on: index, rank: fanOut.rank)
        case .log(let stream, let read, let slice): complete(stream, by: read, with: slice, at: now)
        case .failed(let stream, let reason):
            end(stream, at: now) { Rejection($0, code: "INTERNAL_ERROR", reason: reason) }
        case .refused(let stream, let reason): end(stream, at: now) { .refused($0, reason: reason) }
        }
    }

    func activated(_ stream: StreamName, _ state: StreamState, at now: NIODeadline) {
        guard let fanOut = fanOuts[stream] else { return }
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
        for request in fanOut.waiting where request.needsLog(of: stream) { prepareReplay(fanOut, at: now) }
        settleWaiting(fanOut, at: now)
    }

    /// Requests that had to wait for what the stream has now.
    func settleWaiting(_ fanOut: StreamFanOut, at now: NIODeadline) {
        let stream = fanOut.stream
        let requests = fanOut.waiting
        for request in requests where fanOut.isReady(for: request) { request.awaited.remove(stream) }
        fanOut.waiting = requests.filter { !$0.isAnswered && !$0.awaited.isEmpty }
        for request in requests { settle(request, at: now) }
    }

    func settle(_ request: PendingSubscribe, at now: NIODeadline) {
        if request.awaited.isEmpty, !request.isAnswered { answer(request, at: now) }
    }

    /// A stream that had a hole is known again: those who have subscribed are told of the gap and get the new state.
    func rejoin(_ fanOut: StreamFanOut, after before: Position, at position: Position, _ now: NIODeadline) {
        guard position > before else { return }
        let missed = fanOut.heldFrom ?? before.sequence + 1
        fanOut.heldFrom = nil
        for subscription in fanOut.all where subscription.owedFrom == nil && !subscription.hasRoom {
            owe(missed, to: subscription)
        }
        let reason = Self.reason(of: position, after: before)
        tellGap(fanOut, from: missed, to: position.sequence, epoch: position.epoch, reason: reason, at: now)
        // Where the hub does not know the state either, the ingestor's next snapshot follows.
        for subscription in fanOut.all where subscription.owedFrom == nil {
            sendSnapshot(to: subscription, fanOut, at: now)
        }
        settleHeld(fanOut, at: now)
    }

    /// The stream is over on this node: subscribers are told, requests that wait for it are answered.
    func end(_ stream: StreamName, at now: NIODeadline, _ rejection: (String) -> Rejection) {
        guard let fanOut = fanOuts.removeValue(forKey: stream) else { return }
        counters.activeStreams.add(-1)
        for subscription in fanOut.all {
            subscription.connection.subscriptions[stream] = nil
            counters.subscriptions.add(-1)
            forgetDebt(of: subscription)
            subscription.connection.send(
                .rejected([rejection(subscription.spelling)]),
                in: subscription.variant.dialect
            )
        }
        for request in fanOut.waiting where !request.isAnswered {
            request.reject(stream, rejection)
            settle(request, at: now)
        }
    }
}
