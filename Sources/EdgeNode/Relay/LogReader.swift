import Core
import Logging
import Platform
import Stores

/// Reads the history, whatever for. Any thread.
///
/// So many reads are under way at a time (`AsyncGate`); the others wait their turn. A history that does not answer is asked
/// again for as long as `HistoryOutage` says that it is worth the wait.
final class LogReader: Sendable {
    private static let width = 64
    private static let retries: [Duration] = [.milliseconds(50), .milliseconds(150), .milliseconds(400)]
    private static let interval: Duration = .seconds(1)

    private let history: any History
    private let relays: RelayTable
    private let counters: HubCounters
    private let logger: RateLimitedLogger
    private let outage: HistoryOutage
    private let gate = AsyncGate(width: width)

    /// - Parameter patience: For how long a history that does not answer is worth a wait.
    init(
        _ history: any History,
        relays: RelayTable,
        counters: HubCounters,
        logger: RateLimitedLogger,
        patience: Duration
    ) {
        self.history = history
        self.relays = relays
        self.counters = counters
        self.logger = logger
        self.outage = HistoryOutage(patience: patience)
    }

    /// Whether there is a history at all.
    var hasHistory: Bool { history.status != .unused }

    /// The stores may have come back together: what was before does not count.
    func restart() { outage.restart() }

    /// Reads again, first soon and then each second, while somebody wants the stream and `outage` says that it is worth the
    /// wait: until the history has been away for its patience, and no longer than that in all, for it may be that this one
    /// log alone can't be read. Nil is what a read answers that failed, and what this answers then.
    ///
    /// - Parameter start: Since when somebody waits.
    func patiently<Answer>(
        for stream: StreamName,
        since start: ContinuousClock.Instant = .now,
        _ read: () async -> Answer?
    ) async -> Answer? {
        var waits = Self.retries[...]
        while true {
            let attempt = ContinuousClock.now
            if let answer = await read() { return answer }
            // One that lasts as long as this one did must not end after the time.
            let next = ContinuousClock.now + (ContinuousClock.now - attempt)
            guard outage.isWorthWaiting, next - start < outage.patience, relays.isWanted(stream) else { return nil }
            try? await Task.sleep(for: waits.popFirst() ?? Self.interval)
        }
    }

    /// Reads of a stream's log, counted; nil where the history can't be read.
    func read(_ stream: StreamName, from sequence: UInt64, limit: Int = .max) async -> HistorySlice? {
        counters.historyReads.add()
        do {
            return try await gate.pass { try await readNow(stream, from: sequence, limit: limit) }
        } catch let error as HistoryError {
            // This one alone, and for as long as somebody else uses its place: there is none, and no sense in waiting.
            failed("unusable", "a log can't be used: its stream goes on without a past", stream, error)
            return HistorySlice()
        } catch {
            failed("history", "the history can't be read", stream, error)
            return nil
        }
    }

    private func readNow(_ stream: StreamName, from sequence: UInt64, limit: Int) async throws -> HistorySlice {
        let start = ContinuousClock.now
        do {
            let slice = try await history.read(stream, from: sequence, limit: limit)
            outage.answered()
            return slice
        } catch let error as HistoryError {
            outage.answered()
            throw error
        } catch {
            outage.failed(since: start)
            throw error
        }
    }

    private func failed(_ key: String, _ message: Logger.Message, _ stream: StreamName, _ error: any Error) {
        counters.historyFailures.add()
        logger.log(.warning, key: key, message, metadata: ["stream": "\(stream)", "error": "\(error)"])
    }
}
