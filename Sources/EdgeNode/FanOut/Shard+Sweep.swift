import NIOCore

/// One pass over all clients and streams every second, in place of a timer for each.
///
/// In parts, with a pause after each in which sockets are read and mail is delivered: where thousands of clients are behind,
/// a pass can take longer than they have for their pongs.
extension Shard {
    /// Clients that are looked at between two pauses: a few milliseconds, where all of them have to be closed.
    static let inspectionsAtOnce = 128

    /// To be called every second. While the last pass is still under way no other is begun.
    func sweep() {
        guard sweepRest == nil else { return }
        sweepRest = connections.count
        goOnSweeping()
    }

    private func goOnSweeping() {
        guard var rest = sweepRest else { return }
        catchUp()
        let now = eventLoop.now
        let end = max(0, rest - Self.inspectionsAtOnce)
        // From the end, since whoever goes is replaced by the last; by index, see `deliver`. Those that came at once are pinged
        // at once, and those that don't answer are closed at once.
        while rest > end {
            rest -= 1
            if rest < connections.count { inspect(connections[rest], at: now) }
        }
        guard rest == 0 else {
            sweepRest = rest
            flush()
            // A task without a delay would be run before the sockets have their turn.
            eventLoop.assumeIsolated().scheduleTask(in: Self.pause) { [self] in goOnSweeping() }
            return
        }
        sweepRest = nil
        for fanOut in Array(fanOuts.values) { inspect(fanOut, at: now) }
        flush()
    }

    func inspect(_ connection: ClientConnection, at now: NIODeadline) {
        if let deadline = connection.closeDeadline {
            if deadline <= now { connection.closeSocket() }
            return
        }
        // It may have gone since the sweep began.
        guard !connection.isClosing else { return }
        let isLate = connection.isAwaitingPong && connection.lastPing + settings.pingTimeout <= now
        // Not only a full outbox: what waits may be little, and its client gone all the same.
        if connection.outbox.isBehind || isLate && connection.mayReadLate(at: now) {
            if let time = connection.outbox.stalledTime(at: now) {
                guard time >= settings.stallTimeout else { return }
                return connection.closeAsSlow("its side has acknowledged nothing for too long")
            }
            // It reads: its pong is behind what it has been sent, and of that its own buffer has the most.
            if isLate { return }
        } else {
            connection.outbox.line.forgetStall()
        }
        if max(connection.lastHeard, connection.outbox.lastDelivery) + settings.idleTimeout <= now {
            return connection.close(.idle, reason: "Idle timeout")
        }
        if connection.isAwaitingPong {
            // What was not read yet may be its pong.
            if isLate, !connection.hasUnread {
                connection.close(.unanswered, reason: "keepalive ping timeout")
            }
        } else if connection.lastPing + settings.pingInterval <= now {
            connection.sendKeepAlive(at: now)
        }
    }

    func inspect(_ fanOut: StreamFanOut, at now: NIODeadline) {
        if case .activating(let since) = fanOut.phase, since + settings.activationTimeout <= now {
            hub.release(fanOut.stream, on: index)
            return end(fanOut.stream, at: now) {
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
        fanOuts[fanOut.stream] = nil
        counters.activeStreams.add(-1)
        hub.release(fanOut.stream, on: index)
    }
}
