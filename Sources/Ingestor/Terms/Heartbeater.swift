import Core
import Logging
import Platform
import Stores

/// Sends a heartbeat every second of a term, the first at once: it tells edge nodes a new epoch, which they answer with
/// all that they want.
///
/// A heartbeat means that what is published arrives. It goes past the queue, over the broker alone, so it is sent only
/// while the rest of the path is known to work as well: the term is held, the circuit breaker is closed, and the last
/// delivery to history and broker succeeded or there was nothing to deliver. An ingestor that lives but whose
/// publications are stuck must fall silent, or edge nodes would call themselves healthy and serve nothing.
///
/// It tells where streams stand, in as many messages as that takes (`PublishedPositions` bounds them): nodes that have
/// heard less read the rest from the history.
struct Heartbeater: Sendable {
    let broker: any Broker
    let term: any LeaderTerm
    let publisher: Publisher
    let upstream: @Sendable () -> UpstreamStatus
    let logger: RateLimitedLogger
    var wire = WireVersion.one
    var interval = Duration.seconds(1)
    /// The checksum of the list that nodes should have.
    var instruments: @Sendable () -> UInt64? = { nil }

    /// Runs until cancelled.
    func run() async {
        while !Task.isCancelled {
            await beat()
            try? await Task.sleep(for: interval)
        }
    }

    /// One that can't be sent is not kept: the next second has its own.
    private func beat() async {
        guard publisher.isDelivering, term.isHeld else { return }
        let heartbeat = Heartbeat(
            epoch: term.epoch,
            sentAt: WallClock.milliseconds(),
            upstream: upstream(),
            instruments: instruments()
        )
        do {
            for part in heartbeat.parts(telling: publisher.positions.due(), as: wire) {
                try await broker.send(part, on: .heartbeat)
            }
        } catch {
            logger.log(
                .warning,
                key: "heartbeat",
                "a heartbeat could not be sent",
                metadata: ["error": "\(error)"]
            )
        }
    }
}
