import Logging
import Platform
import Stores
import Synchronization

/// The connections of users and of keys on all nodes together, in leased sets that they share: a user's set, or a key's, has a
/// member for each connection. A node that dies leaks none beyond its lease. Any thread; a lock is held for one place, or for
/// one batch of them.
///
/// Where the sets can't be had the node counts by itself (`SharedPlaces`): the log says when that begins and when it is over,
/// and `report` how many were let in so. One task for the whole node (`run`) renews each place every third of the lease, tells
/// which were given up, and finds out when the sets can be had again, in batches, one after the other. Whoever joins costs one
/// call; a message costs nothing.
package final class SharedConnectionCounts: ConnectionCounts {
    private static let farewell = Duration.seconds(1)
    /// A set that nobody reads: that it can be written is what is asked.
    private static let probes = LeasedSetName(kind: "probe", name: "connections")

    private let sets: any LeasedSets
    private let lease: Duration
    /// In front of a place's number: another at each start, so that a node never meets what it has left behind.
    private let node: String
    private let logger: RateLimitedLogger
    private let now: @Sendable () -> ContinuousClock.Instant
    private let places: Mutex<SharedPlaces>
    private let waiting = PartingWaiters()
    private let takenAlone = Counter<AnyThread>()
    private let wakeUps: AsyncStream<Void>
    private let wakeUp: AsyncStream<Void>.Continuation

    /// - Parameters:
    ///   - sets: The caller's to close.
    ///   - lease: For how long a dead node's connections count.
    package init(
        _ sets: any LeasedSets,
        lease: Duration,
        logger: Logger,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.sets = sets
        self.lease = lease
        self.node = String(UInt64.random(in: .min ... .max), radix: 36)
        self.logger = RateLimitedLogger(logger)
        self.now = now
        places = Mutex(SharedPlaces(interval: lease / 3))
        (wakeUps, wakeUp) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    package func takeAtOnce(_ claims: [ConnectionClaim]) -> ConnectionGrant? {
        switch places.withLock({ $0.takeAtOnce(claims) }) {
        case .full(let claim): .full(claim)
        case .taken(let number): alone(number)
        case .ask, nil: nil
        }
    }

    package func take(_ claims: [ConnectionClaim]) async -> ConnectionGrant {
        switch places.withLock({ $0.take(claims) }) {
        case .full(let claim): .full(claim)
        case .taken(let number): alone(number)
        case .ask(let number): await ask(claims, as: number)
        }
    }

    package var report: ConnectionCountsReport {
        let isAlone = places.withLock { $0.isAlone }
        return ConnectionCountsReport(scope: isAlone ? .nodeForNow : .allNodes, takenAlone: takenAlone.get())
    }

    /// Users and keys that have connections on this node.
    var holders: Int { places.withLock { $0.holders } }

    private func ask(_ claims: [ConnectionClaim], as number: UInt64) async -> ConnectionGrant {
        do {
            var full = try await join(claims, as: number)
            // Who has just left this node and comes back must find its own place free.
            if let claim = full, await othersHaveHeardWhoLeft(of: claim.holder) {
                full = try await join(claims, as: number)
            }
            guard let full else { return .taken(SharedSeat(number, of: self)) }
            places.withLock { $0.refused(number) }
            return .full(full)
        } catch {
            say(places.withLock { $0.failed(number, at: now()) }, error)
            return alone(number)
        }
    }

    /// Nil where it has joined.
    private func join(_ claims: [ConnectionClaim], as number: UInt64) async throws -> ConnectionClaim? {
        let asked = now()
        let bounds = claims.map { LeasedSetBound($0.holder.set, maximum: $0.limit) }
        switch try await sets.join(bounds, as: member(number), for: lease) {
        case .joined:
            places.withLock { $0.joined(number, asked: asked) }
            return nil
        case .full(let index): return claims[index]
        }
    }

    /// Waits until the node's task has told of whoever of a holder has left up to now, or has tried to. False where nobody has, and
    /// where no such task runs.
    private func othersHaveHeardWhoLeft(of holder: ConnectionClaim.Holder) async -> Bool {
        let mark = places.withLock { $0.isDeparting(holder) ? $0.partings : nil }
        guard let mark else { return false }
        wakeUp.yield()
        return await waiting.wait(until: mark) { places.withLock { $0.toldPartings } }
    }

    /// Let in by this node's count.
    private func alone(_ number: UInt64) -> ConnectionGrant {
        takenAlone.add()
        return .taken(SharedSeat(number, of: self))
    }

    fileprivate func free(_ number: UInt64) {
        let isAlone = places.withLock { places in
            places.free(number)
            return places.isAlone
        }
        // While the node is alone, it tries again at its own time.
        if !isAlone { wakeUp.yield() }
    }

    // MARK: The node's one task

    /// Runs until cancelled; then gives up all places.
    package func run() async {
        waiting.open()
        defer { waiting.close() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [self] in
                while !Task.isCancelled {
                    try? await Task.sleep(for: min(.seconds(1), lease / 12))
                    wakeUp.yield()
                }
            }
            for await _ in wakeUps { await tell() }
            group.cancelAll()
        }
        // In a task of its own, since this one is cancelled.
        await Task { await giveUpAll() }.value
    }

    private func tell() async {
        while !Task.isCancelled {
            say(places.withLock { $0.fallBehind(at: now()) }, LateRenewals())
            guard let work = places.withLock({ $0.next(at: now()) }) else { return }
            let asked = now()
            do {
                try await sets.leave(memberships(of: work.leaving))
                let probe = work.isProbe ? [LeasedMembership(of: node, in: Self.probes)] : []
                try await sets.renew(probe + memberships(of: work.renewals), for: lease)
                say(places.withLock { $0.told(work, asked: asked, at: now()) })
                waiting.release(upTo: places.withLock { $0.toldPartings })
            } catch {
                say(places.withLock { $0.notTold(work, at: now()) }, error)
                waiting.release(upTo: .max)
                return
            }
        }
    }

    /// What can't be told within `farewell` and one call is over with its lease: nobody waits for that.
    private func giveUpAll() async {
        let end = now() + Self.farewell
        while now() < end, !places.withLock({ $0.isCutOff }) {
            let batch = places.withLock { $0.nextToGiveUp() }
            guard !batch.isEmpty, (try? await sets.leave(memberships(of: batch))) != nil else { return }
        }
    }

    private func memberships(of places: [SharedPlaces.Place]) -> [LeasedMembership] {
        places.flatMap { place in place.holders.map { LeasedMembership(of: member(place.number), in: $0.set) } }
    }

    private func member(_ number: UInt64) -> String { "\(node).\(number)" }

    private func say(_ change: SharedPlaces.Change?, _ error: (any Error)? = nil) {
        switch change {
        case .lost:
            logger.log(
                .warning,
                key: "lost",
                "connections of users and keys are counted on this node ALONE, since those of all nodes can't be had",
                metadata: ["error": "\(error.map { "\($0)" } ?? "")"]
            )
        case .back(let time, let takenAlone):
            logger.log(
                .notice,
                key: "back",
                "connections of users and keys are counted on all nodes together again",
                metadata: ["alone_ms": "\(Int(time / .milliseconds(1)))", "counted_alone": "\(takenAlone)"]
            )
        case nil: return
        }
    }
}

/// Not that the store fails, but that it is slow.
private struct LateRenewals: Error, CustomStringConvertible {
    var description: String { "it answers too slowly: leases would end before they are renewed" }
}

/// One connection's place.
private final class SharedSeat: Seat {
    private let number: UInt64
    private let counts: SharedConnectionCounts

    init(_ number: UInt64, of counts: SharedConnectionCounts) {
        self.number = number
        self.counts = counts
    }

    func free() { counts.free(number) }
}

extension ConnectionClaim.Holder {
    /// The set of all its connections.
    fileprivate var set: LeasedSetName {
        switch self {
        case .user(let name): LeasedSetName(kind: "user-connections", name: name)
        case .key(let name): LeasedSetName(kind: "key-connections", name: name)
        }
    }
}
