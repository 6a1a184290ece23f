import Core
import NIOCore
import Platform
import Stores

/// Clients that come back: what they missed, from the log, then live, with nothing in between and nothing twice. Lives on the
/// shard's loop.
final class ResumeAnswers {
    private let streams: StreamTable
    private let subscriptions: ShardSubscriptions
    private let counters: ShardCounters
    /// Half of the outbox is left for what comes live while the client takes the replay.
    private let room: Int

    init(
        streams: StreamTable,
        subscriptions: ShardSubscriptions,
        counters: ShardCounters,
        limits: OutboxLimits
    ) {
        self.streams = streams
        self.subscriptions = subscriptions
        self.counters = counters
        self.room = limits.bytes / 2
    }

    /// Has the stream's log read, unless it is at hand or on its way.
    func prepare(_ fanOut: StreamFanOut, at now: NIODeadline) {
        fanOut.replay?.lastUsed = now
        guard fanOut.replay == nil else { return }
        fanOut.replay = ReplayRing(at: now, awaiting: streams.readLog(of: fanOut))
    }

    /// The log has been read; what came live since is in the ring already. False where it was asked for an earlier ring: then it is
    /// too old for this one.
    func complete(_ fanOut: StreamFanOut, by read: LogRead.Number, with slice: HistorySlice?) -> Bool {
        guard let ring = fanOut.replay, !ring.isComplete, ring.read == read else { return false }
        fanOut.replay?.complete(with: slice?.entries ?? [], upTo: fanOut.state.position)
        if fanOut.replay?.endsInUntoldEpoch == true { fanOut.dataEpoch = nil }
        return true
    }

    /// The reply first, then for each stream what was missed, or its state: all in one turn of the loop.
    func answer(_ request: PendingSubscribe, _ connection: ClientConnection, at now: NIODeadline) {
        var room = room - connection.outbox.waitingBytes
        let plans = request.wanted.compactMap { item -> ReplayPlan? in
            guard let fanOut = streams[item.stream] else { return nil }
            let plan = fanOut.planReplay(of: item, room: room, at: now)
            room -= plan.frames.readableBytes
            return plan
        }
        let positions = Dictionary(uniqueKeysWithValues: plans.map { ($0.item.stream, $0.position) })
            .compactMapValues(\.self)
        let isTold = connection.session.send(
            .resumed(
                streams: plans.map(\.reply),
                rejected: request.rejected,
                positions: request.named(positions),
                token: subscriptions.token(of: connection, adding: request.wanted, at: positions)
            ),
            in: request.dialect,
            id: request.id
        )
        guard isTold else { return }
        for plan in plans where !connection.isClosing { carryOut(plan, for: connection, at: now) }
    }

    private func carryOut(_ plan: ReplayPlan, for connection: ClientConnection, at now: NIODeadline) {
        guard let fanOut = streams[plan.item.stream] else { return }
        subscriptions.end(plan.item.stream, of: connection)
        let subscription = subscriptions.begin(plan.item, of: connection, to: fanOut, at: now)
        switch plan.decision {
        case .recovered(_, _, let count):
            counters.resumed.add()
            guard count > 0 else { return }
            counters.messagesSent.add(count)
            counters.replayed.add(count)
            counters.deliveredBytes.add(plan.frames.readableBytes)
            fanOut.deliveries.add(count)
            connection.outbox.write(plan.frames, asDataAt: now)
        case .notRecovered(let reason, _, _):
            if plan.item.claim == nil { counters.withoutPosition.add() } else { counters.notRecovered.add(reason) }
            subscriptions.sendSnapshot(to: subscription, fanOut, at: now)
        }
    }
}

@available(*, unavailable)
extension ResumeAnswers: Sendable {}
