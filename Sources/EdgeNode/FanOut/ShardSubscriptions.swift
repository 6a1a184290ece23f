import Core
import NIOCore
import Platform

/// Begins and ends the subscriptions of the shard's clients, and says where each stands. Lives on the shard's loop; a subscription
/// is kept by its connection and listed by its stream.
final class ShardSubscriptions {
    private let eventLoop: any EventLoop
    private let streams: StreamTable
    private let egress: Egress
    private let conflation: Conflation
    private let gaps: GapNotices
    private let tokens: ResumeTokenSigner
    private let counters: ShardCounters

    init(
        streams: StreamTable,
        egress: Egress,
        conflation: Conflation,
        gaps: GapNotices,
        tokens: ResumeTokenSigner,
        counters: ShardCounters
    ) {
        self.eventLoop = egress.eventLoop
        self.streams = streams
        self.egress = egress
        self.conflation = conflation
        self.gaps = gaps
        self.tokens = tokens
        self.counters = counters
    }

    // MARK: Beginning

    func begin(
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
        gaps.tellHeldSoFar(fanOut, at: now)
        fanOut.add(subscription)
        return subscription
    }

    func sendSnapshot(to subscription: Subscription, _ fanOut: StreamFanOut, at now: NIODeadline) {
        guard let snapshot = fanOut.snapshot() else { return fanOut.markAsLacking(subscription) }
        guard subscription.hasRoom else {
            subscription.startsWithState = true
            return conflation.owe(snapshot.position.sequence, to: subscription)
        }
        subscription.lacksState = false
        guard let frame = fanOut.snapshotFrame(subscription.variant) else { return }
        egress.deliver(frame, to: subscription, as: fanOut.deliveries, at: now)
    }

    // MARK: Where it stands

    /// The last publication that was written to the client; nil where that can't be told.
    func position(of subscription: Subscription) -> Position? {
        guard !subscription.startsWithState, !subscription.lacksState, let fanOut = streams[subscription.stream],
            let latest = fanOut.state.position
        else { return nil }
        // Of an earlier epoch perhaps: then the resume is told so.
        if let owed = subscription.owedFrom {
            return owed > latest.sequence || owed == 0 ? nil : Position(epoch: latest.epoch, sequence: owed - 1)
        }
        // What is held back from everybody changes a state that nobody has.
        return fanOut.heldFrom == nil ? latest : nil
    }

    /// A token for what the client is subscribed to, at what was written to it so far, and with it `wanted` at `positions`;
    /// nil where that is nothing, or too much for a token.
    func token(
        of connection: ClientConnection,
        adding wanted: [PendingSubscribe.Wanted] = [],
        at positions: [StreamName: Position] = [:]
    ) -> String? {
        var list: [StreamName: ResumeToken.Subscription] = [:]
        for subscription in connection.subscriptions.values {
            list[subscription.stream] = ResumeToken.Subscription(
                stream: subscription.stream,
                dialect: subscription.variant.dialect,
                maxRate: subscription.maxRate,
                position: position(of: subscription),
                tellsTimes: subscription.variant.tellsTimes
            )
        }
        for item in wanted {
            list[item.stream] = ResumeToken.Subscription(
                stream: item.stream,
                dialect: item.variant.dialect,
                maxRate: item.argument.maxRate,
                position: positions[item.stream],
                tellsTimes: item.variant.tellsTimes
            )
        }
        guard !list.isEmpty else { return nil }
        let user = connection.principal.user ?? ""
        return tokens.issue(user: user, subscriptions: Array(list.values), at: WallClock.milliseconds())
    }

    // MARK: Ending

    func end(_ stream: StreamName, of connection: ClientConnection) {
        guard let subscription = connection.subscriptions.removeValue(forKey: stream) else { return }
        counters.subscriptions.add(-1)
        conflation.forgetDebt(of: subscription)
        streams[stream]?.remove(subscription, at: eventLoop.now)
    }

    /// Takes all subscriptions of a client out of the lists: once over them, whatever else the shard has.
    func endAll(of connection: ClientConnection) {
        let subscriptions = connection.subscriptions
        guard !subscriptions.isEmpty else { return }
        let now = eventLoop.now
        connection.subscriptions = [:]
        connection.outbox.debts.removeAll()
        counters.subscriptions.add(-subscriptions.count)
        for (stream, subscription) in subscriptions {
            // Without a debt it is let go at the next look at the list of those that wait for their rate.
            subscription.owedFrom = nil
            streams[stream]?.remove(subscription, at: now)
        }
    }

    /// What the client may not have any longer: it is told of each, and gets no more of it.
    func endForbidden(of connection: ClientConnection, by permissions: Permissions) {
        for subscription in connection.subscriptions.values
        where !permissions.grants(subscription.descriptor, to: connection.principal) {
            end(subscription.stream, of: connection)
            counters.forbidden.add()
            connection.session.send(
                .rejected([.forbidden(subscription.spelling)]),
                in: subscription.variant.dialect
            )
        }
    }

    /// The stream is over: its subscribers are told so.
    func endAll(on fanOut: StreamFanOut, _ rejection: (String) -> Rejection) {
        for subscription in fanOut.all {
            subscription.connection.subscriptions[fanOut.stream] = nil
            counters.subscriptions.add(-1)
            conflation.forgetDebt(of: subscription)
            subscription.connection.session.send(
                .rejected([rejection(subscription.spelling)]),
                in: subscription.variant.dialect
            )
        }
    }
}

@available(*, unavailable)
extension ShardSubscriptions: Sendable {}
