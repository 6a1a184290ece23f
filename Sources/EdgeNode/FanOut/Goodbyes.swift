import NIOCore

/// Says goodbye to clients of a shard as `Farewell` has it: each is told with its token, and closed when its time is over. Lives on
/// the shard's loop; holds those clients until each is to be closed.
final class Goodbyes {
    private let eventLoop: any EventLoop
    private let turns: Turns
    private let subscriptions: ShardSubscriptions
    /// Whether those that were not told yet are to stay.
    private let isEnough: () -> Bool
    private var farewell: Farewell<ClientConnection>?

    init(
        _ farewell: Farewell<ClientConnection>,
        eventLoop: any EventLoop,
        turns: Turns,
        subscriptions: ShardSubscriptions,
        isEnough: @escaping () -> Bool = { false }
    ) {
        self.farewell = farewell
        self.eventLoop = eventLoop
        self.turns = turns
        self.subscriptions = subscriptions
        self.isEnough = isEnough
    }

    /// To be called once.
    func begin() { goOn() }

    /// Nobody is told or closed any more.
    func end() { farewell = nil }

    private func goOn() {
        let now = eventLoop.now
        var generator = SystemRandomNumberGenerator()
        if farewell?.hasUntold == true, isEnough() { farewell?.spareUntold() }
        for action in farewell?.actions(at: now, using: &generator) ?? [] {
            switch action {
            case .tell(let connection, let milliseconds): tell(connection, toGoWithin: milliseconds)
            case .close(let connection): connection.close(.drain, reason: "Server going away")
            }
            turns.catchUp()
        }
        turns.flush()
        guard let next = farewell?.next(after: now) else { return }
        // A task without a delay would be run before the sockets have their turn.
        eventLoop.assumeIsolated().scheduleTask(deadline: next) { [self] in goOn() }
    }

    /// Its token stands for what is in front of it: what comes behind it, until the close, the client counts itself.
    private func tell(_ connection: ClientConnection, toGoWithin milliseconds: Int) {
        guard !connection.isClosing else { return }
        let token = subscriptions.token(of: connection)
        connection.session.send(.goingAway(reconnectAfterMilliseconds: milliseconds, token: token))
    }
}

@available(*, unavailable)
extension Goodbyes: Sendable {}
