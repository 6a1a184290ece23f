import Logging
import NIOCore
import Platform
import Stores
import Synchronization

/// Leadership by a lease in Redis: whoever sets the key leads until it has not renewed it for the lease's time. May be
/// used from any thread; must be closed.
///
/// It has a connection of its own, so that a renewal never waits behind a batch. A standby asks every sixth of the
/// lease, and says so once, and again when Redis has come back. What Redis refuses, or that it is away, is logged at a limited
/// rate and tried again, and is the `problem` until Redis has answered.
///
/// When Redis comes back after it was away, its last leader asks at once and often, and the others wait for a third of the
/// lease first: the last leader alone still has what could not be delivered meanwhile.
package final class RedisLeadership: Leadership {
    private let client: RedisClient
    private let names: StoreNames
    private let lease: Duration
    private let logger: RateLimitedLogger
    private let now: @Sendable () -> ContinuousClock.Instant
    private let refusal = Mutex<String?>(nil)
    /// This process led, and no other is known to have led since.
    private let wasLast = Mutex(false)
    private let lastName = Mutex<String?>(nil)
    private let commandTimeout: Duration

    package init(
        _ connector: RedisConnector,
        names: StoreNames,
        lease: Duration,
        group: any EventLoopGroup,
        logger: Logger,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        var connector = connector
        // An answer that is later than that is no help: the next attempt must still be in time.
        connector.limits.commandTimeout = min(connector.limits.commandTimeout, lease / 4)
        connector.limits.connectTimeout = min(connector.limits.connectTimeout, lease / 3)
        connector.limits.firstConnectionWait = min(connector.limits.firstConnectionWait, lease / 4)
        connector.limits.backoff = Backoff(
            initial: min(.milliseconds(100), lease / 30),
            maximum: lease / 6,
            multiplier: 2
        )
        commandTimeout = connector.limits.commandTimeout
        client = RedisClient(connector, purpose: "leadership", group: group, logger: logger)
        self.names = names
        self.lease = lease
        self.logger = RateLimitedLogger(logger, limit: 1, now: now)
        self.now = now
    }

    package var status: StoreStatus { client.status }

    package var problem: String? { refusal.withLock { $0 } }

    package func acquire(standingBy: @Sendable () async -> Void) async throws -> any LeaderTerm {
        let name = (0..<2).map { _ in String(UInt64.random(in: 0...UInt64.max), radix: 36) }.joined()
        let lease = LeaderLease(client: client, names: names, name: name, duration: lease)
        var clock: (asked: ContinuousClock.Instant, milliseconds: Int64)?
        var wasAway = false
        var isStandingBy = false
        while true {
            try Task.checkCancellation()
            if wasAway, !wasLast.withLock({ $0 }), client.status.isUsable {
                wasAway = false
                try await Task.sleep(for: self.lease / 3)
            }
            let asked = now()
            do {
                let deadline = clock.map {
                    $0.milliseconds + Int64((asked - $0.asked + commandTimeout) / .milliseconds(1))
                }
                let answer = try await lease.acquire(before: deadline, after: lastName.withLock { $0 })
                clock = (asked, answer.milliseconds)
                refusal.withLock { $0 = nil }
                if let epoch = answer.epoch {
                    wasLast.withLock { $0 = true }
                    lastName.withLock { $0 = name }
                    let term = RedisLeaderTerm(lease, epoch: epoch, previous: answer.previous, since: asked, now: now)
                    guard Task.isCancelled else { return term }
                    await term.resign()
                } else {
                    wasLast.withLock { $0 = false }
                    if !isStandingBy { logger.log(.info, key: "standby", "another ingestor leads; standing by") }
                    isStandingBy = true
                    await standingBy()
                }
            } catch {
                wasAway = true
                isStandingBy = false
                refusal.withLock { $0 = "\(error)" }
                logger.log(
                    .warning,
                    key: "no lease",
                    "can't ask for the leader's lease; trying again",
                    metadata: ["reason": "\(error)"]
                )
            }
            try await Task.sleep(for: self.lease / (wasLast.withLock { $0 } ? 30 : 6))
        }
    }

    /// A term that is still held is no longer renewed, and so ends.
    package func close() async { await client.close() }
}
