import Core
import Logging
import NIOCore
import Platform
import Stores

/// How a stream comes to a node and leaves it: subscribe, then read the history, then merge by sequence, then go live, so
/// that nothing is lost or repeated in between.
///
/// In the task of whoever calls; of one stream one call at a time. Where the history stays away the stream goes live all
/// the same, without state: what comes is worth more than nothing, and resume says that it can't recover. Where the broker
/// can't be asked for `patience`, those who want the stream are told that it can't be had.
struct StreamLoader: Sendable {
    /// Clients that wait are answered earlier, by their shard.
    private static let patience: Duration = .seconds(10)

    let catalog: any StreamCatalog
    let broker: BrokerSubscriptions
    let relays: RelayTable
    let reader: LogReader
    let demand: DemandReporter
    let logger: RateLimitedLogger

    func load(_ stream: StreamName) async -> RelayStep? {
        guard let descriptor = relays.descriptor(of: stream) else { return nil }
        // Of what the catalog knows not to exist nobody else is asked.
        if let absence = await catalog.absence(of: descriptor) {
            relays.drop(stream, absence)
            return nil
        }
        let start = ContinuousClock.now
        do {
            guard try await subscribe(to: stream) else { return .unload }
        } catch {
            await giveUp(stream, error)
            return nil
        }
        _ = relays.tell(.subscribed, of: stream)
        let slice = await reader.patiently(for: stream, since: start) { await readState(of: descriptor) }
        return relays.tell(.loaded(slice), of: stream)
    }

    func unload(_ stream: StreamName) async -> RelayStep? {
        demand.remove(stream)
        do {
            try await broker.unsubscribe(from: stream)
        } catch {
            logger.log(
                .warning,
                key: "unsubscribe",
                "the broker was not told that a stream is not wanted any longer",
                metadata: ["stream": "\(stream)", "error": "\(error)"]
            )
        }
        return relays.left(stream)
    }

    /// Asks again while the broker is away and somebody waits; false where nobody does any longer.
    private func subscribe(to stream: StreamName) async throws -> Bool {
        let deadline = ContinuousClock.now + Self.patience
        var wait: Duration = .milliseconds(100)
        while true {
            do {
                try await broker.subscribe(to: stream)
                return true
            } catch {
                guard relays.isWanted(stream) else { return false }
                guard ContinuousClock.now < deadline else { throw error }
                try await Task.sleep(for: wait)
                wait = min(wait * 2, .seconds(1))
            }
        }
    }

    private func giveUp(_ stream: StreamName, _ error: any Error) async {
        logger.log(
            .error,
            key: "activate",
            "a stream can't be served",
            metadata: ["stream": "\(stream)", "error": "\(error)"]
        )
        try? await broker.unsubscribe(from: stream)
        relays.drop(stream, .failed(stream, reason: "Temporarily unavailable"))
    }

    /// As much of the log as tells the stream's state: of a book all, of trades only where it stands. Nil where the history
    /// can't be read.
    private func readState(of descriptor: StreamDescriptor) async -> HistorySlice? {
        let stream = descriptor.name
        switch descriptor.deliveryClass {
        case .transient: return HistorySlice()
        case .delta: return await reader.read(stream, from: 0)
        case .event: return await reader.read(stream, from: .max, limit: 0)
        case .latest:
            guard let bounds = await reader.read(stream, from: .max, limit: 0) else { return nil }
            guard bounds.oldest != nil, let latest = bounds.latest else { return bounds }
            guard let newest = await reader.read(stream, from: latest.sequence) else { return nil }
            // The newest may be a gap, or unreadable: then an earlier one is the state.
            let isState = newest.entries.contains(where: \.carriesData)
            return isState ? newest : await reader.read(stream, from: 0)
        }
    }
}
