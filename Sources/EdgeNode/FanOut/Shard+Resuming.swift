import Core
import NIOCore
import Stores

/// Clients that come back: what they missed, from the log, then live, with nothing in between and nothing twice.
extension Shard {
    /// A ring that nobody has used for so long is given up.
    static let replayLifetime: TimeAmount = .seconds(30)

    /// Has the stream's log read, unless it is at hand or on its way.
    func prepareReplay(_ fanOut: StreamFanOut, at now: NIODeadline) {
        fanOut.replay?.lastUsed = now
        guard fanOut.replay == nil else { return }
        fanOut.replay = ReplayRing(at: now, awaiting: hub.readLog(of: fanOut.stream, for: index))
    }

    /// The log has been read; what came live since is in the ring already. What was asked for an earlier ring is too old
    /// for this one.
    func complete(_ stream: StreamName, by read: LogRead.Number, with slice: HistorySlice?, at now: NIODeadline) {
        guard let fanOut = fanOuts[stream], let ring = fanOut.replay, !ring.isComplete, ring.read == read else {
            return
        }
        fanOut.replay?.complete(with: slice?.entries ?? [], upTo: fanOut.state.position)
        if fanOut.replay?.endsInUntoldEpoch == true { fanOut.dataEpoch = nil }
        settleWaiting(fanOut, at: now)
        // A history that could not be read now may be the next time.
        if slice == nil { fanOut.replay = nil }
    }

    /// The reply first, then for each stream what was missed, or its state: all in one turn of the loop.
    func answerResume(_ request: PendingSubscribe, _ connection: ClientConnection, at now: NIODeadline) {
        // Half of the outbox is left for what comes live while the client takes the replay.
        var room = settings.outbox.bytes / 2 - connection.outbox.waitingBytes
        let plans = request.wanted.compactMap { item -> ReplayPlan? in
            guard let fanOut = fanOuts[item.stream] else { return nil }
            let plan = fanOut.planReplay(of: item, room: room, at: now)
            room -= plan.frames.readableBytes
            return plan
        }
        let positions = Dictionary(uniqueKeysWithValues: plans.map { ($0.item.stream, $0.position) })
            .compactMapValues(\.self)
        let isTold = connection.send(
            .resumed(
                streams: plans.map(\.reply),
                rejected: request.rejected,
                positions: Self.named(positions, of: request.wanted),
                token: connection.resumeToken(adding: request.wanted, at: positions)
            ),
            in: request.dialect,
            id: request.id
        )
        guard isTold else { return connection.finished(request) }
        for plan in plans where !connection.isClosing { carryOut(plan, for: connection, at: now) }
        connection.finished(request)
    }

    private func carryOut(_ plan: ReplayPlan, for connection: ClientConnection, at now: NIODeadline) {
        guard let fanOut = fanOuts[plan.item.stream] else { return }
        unsubscribe(connection, from: plan.item.stream)
        let subscription = add(plan.item, of: connection, to: fanOut, at: now)
        switch plan.decision {
        case .recovered(_, _, let count):
            counters.resumed.add()
            guard count > 0 else { return }
            counters.messagesSent.add(count)
            connection.outbox.write(plan.frames, asDataAt: now)
        case .notRecovered:
            counters.notRecovered.add()
            sendSnapshot(to: subscription, fanOut, at: now)
        }
    }
}
