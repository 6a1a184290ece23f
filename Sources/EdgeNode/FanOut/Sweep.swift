import NIOCore
import Platform

/// One pass over all clients and streams every second, in place of a timer for each. Lives on the shard's loop.
///
/// In parts, with a pause after each in which sockets are read and mail is delivered: where thousands of clients are behind,
/// a pass can take longer than they have for their pongs.
final class Sweep {
    /// Clients that are looked at between two pauses: a few milliseconds, where all of them have to be closed.
    static let inspectionsAtOnce = 128
    /// A ring that nobody has used for so long is given up.
    private static let replayLifetime: TimeAmount = .seconds(30)

    private let eventLoop: any EventLoop
    private let settings: ConnectionSettings
    private let turns: Turns
    private let clients: ShardClients
    private let streams: StreamTable
    private let requests: SubscribeRequests
    /// How many clients the pass that is under way has not looked at; nil where there is none.
    private var rest: Int?
    /// What is granted has changed: the next pass looks at what each client has.
    private var isReviewDue = false
    private var isReviewing = false
    /// What the document has said of API keys lately, and for how many passes more it is looked at: who was let in by the version before
    /// may come a moment later.
    private var keyChanges: [(changes: KeyChanges, passes: Int)] = []
    private var heeded: [KeyChanges] = []

    init(
        eventLoop: any EventLoop,
        settings: ConnectionSettings,
        turns: Turns,
        clients: ShardClients,
        streams: StreamTable,
        requests: SubscribeRequests
    ) {
        self.eventLoop = eventLoop
        self.settings = settings
        self.turns = turns
        self.clients = clients
        self.streams = streams
        self.requests = requests
    }

    /// To be called every second. While the last pass is still under way no other is begun.
    func begin() {
        guard rest == nil else { return }
        rest = clients.all.count
        isReviewing = isReviewDue
        isReviewDue = false
        heeded = keyChanges.map(\.changes)
        keyChanges = keyChanges.compactMap { $0.passes > 1 ? ($0.changes, $0.passes - 1) : nil }
        goOn()
    }

    /// API keys are taken no more, or stand for something else: heeded within the next pass.
    func heed(_ changes: KeyChanges) {
        // Of two versions the later says whom a key stands for.
        for index in keyChanges.indices {
            for (id, principal) in changes.changed where keyChanges[index].changes.changed[id] != nil {
                keyChanges[index].changes.changed[id] = principal
            }
        }
        keyChanges.append((changes, 2))
    }

    /// Policies have changed: within the next pass each client loses what it may not have any longer.
    func reviewGrants() { isReviewDue = true }

    private func goOn() {
        guard var rest else { return }
        turns.catchUp()
        let now = eventLoop.now
        let wall = WallClock.milliseconds()
        let end = max(0, rest - Self.inspectionsAtOnce)
        // From the end, since whoever goes is replaced by the last; by index, see `Broadcast`. Those that came at once are pinged
        // at once, and those that don't answer are closed at once.
        while rest > end {
            rest -= 1
            if rest < clients.all.count { inspect(clients.all[rest], at: now, wall) }
        }
        guard rest == 0 else {
            self.rest = rest
            turns.flush()
            // A task without a delay would be run before the sockets have their turn.
            eventLoop.assumeIsolated().scheduleTask(in: Turns.pause) { [self] in goOn() }
            return
        }
        self.rest = nil
        for fanOut in streams.all { inspect(fanOut, at: now) }
        turns.flush()
    }

    private func inspect(_ connection: ClientConnection, at now: NIODeadline, _ wall: Int64) {
        if let deadline = connection.handshake.deadline {
            if deadline <= now { connection.closeSocket() }
            return
        }
        // It may have gone since the sweep began.
        guard !connection.isClosing else { return }
        if connection.hasCredentials, connection.session.endsForCredentials(at: wall, heeded) { return }
        if isReviewing { connection.session.reviewGrants() }
        let liveness = connection.liveness
        let isLate = liveness.isLate(at: now, timeout: settings.pingTimeout)
        // Not only a full outbox: what waits may be little, and its client gone all the same.
        if connection.outbox.isBehind
            || isLate && isPerhapsReading(connection, at: now)
        {
            if let time = connection.outbox.stalledTime(at: now) {
                guard time >= settings.stallTimeout else { return }
                return connection.closeAsSlow("its side has acknowledged nothing for too long")
            }
            // It reads: its pong is behind what it has been sent, and of that its own buffer has the most.
            if isLate { return }
        } else {
            connection.outbox.line.forgetStall()
        }
        if max(liveness.lastHeard, connection.outbox.lastDelivery) + settings.idleTimeout <= now {
            return connection.close(.idle, reason: "Idle timeout")
        }
        // What was not read yet may be its pong.
        if isLate, !connection.hasUnread {
            connection.close(.unanswered, reason: "keepalive ping timeout")
        } else if liveness.isDue(at: now, interval: settings.pingInterval) {
            connection.sendKeepAlive(at: now)
        }
    }

    private func isPerhapsReading(_ connection: ClientConnection, at now: NIODeadline) -> Bool {
        let isFull = connection.outbox.line.isFull
        return connection.liveness.mayBeReading(at: now, timeout: settings.pingTimeout, isFull: isFull)
    }

    private func inspect(_ fanOut: StreamFanOut, at now: NIODeadline) {
        if case .activating(let since) = fanOut.phase, since + settings.activationTimeout <= now {
            streams.letGo(of: fanOut.stream)
            return requests.end(fanOut.stream, at: now) {
                Rejection($0, code: "INTERNAL_ERROR", reason: "Temporarily unavailable: the broker does not answer")
            }
        }
        fanOut.waiting.removeAll(where: \.isAnswered)
        fanOut.forgetUnused()
        if let replay = fanOut.replay, fanOut.waiting.isEmpty, replay.lastUsed + Self.replayLifetime <= now {
            fanOut.replay = nil
        }
        // What nobody has heard keeps others waiting at the exchange for as long as it is wanted.
        let linger = fanOut.rank > 0 ? .zero : settings.linger
        guard let emptySince = fanOut.emptySince, fanOut.waiting.isEmpty, emptySince + linger <= now else { return }
        _ = streams.remove(fanOut.stream)
        streams.letGo(of: fanOut.stream)
    }
}

@available(*, unavailable)
extension Sweep: Sendable {}
