import Logging
import Shared
import Synchronization

/// Takes batches from the ingestor's loop and hands them, in order, to the history and then to the broker.
///
/// The history comes first, so that whatever an edge node hears live can be read again. Its queue is bounded in
/// messages: a batch that does not fit is dropped whole and counted; the sequence hole that it leaves is told to
/// clients by the edge. A batch that the history or the broker does not take is tried again a few times and then
/// dropped and counted likewise.
package final class Publisher: Sendable {
    private struct State {
        var queue: [Publication] = []
        var waiter: CheckedContinuation<[Publication], Never>?
        var isFinished = false
        var dropped = 0
    }

    static let maximumQueued = 200_000
    private static let attempts = 4

    private let history: any History
    private let broker: any Broker
    private let logger: Logger
    private let state = Mutex(State())

    package init(history: any History, broker: any Broker, logger: Logger) {
        self.history = history
        self.broker = broker
        self.logger = logger
    }

    /// Publications that were dropped since the start.
    package var dropped: Int { state.withLock { $0.dropped } }

    /// Never blocks; may be called from any thread, in the order in which the publications are to be sent.
    package func enqueue(_ batch: [Publication]) {
        // An empty batch is what tells `run` that it is finished.
        guard !batch.isEmpty else { return }
        let (waiter, ready) = state.withLock { state -> (CheckedContinuation<[Publication], Never>?, [Publication]) in
            guard state.queue.count + batch.count <= Self.maximumQueued else {
                state.dropped += batch.count
                return (nil, [])
            }
            guard let waiter = state.waiter else {
                state.queue += batch
                return (nil, [])
            }
            state.waiter = nil
            return (waiter, batch)
        }
        waiter?.resume(returning: ready)
    }

    /// Publishes until `finish`, then what is still queued.
    package func run() async {
        while true {
            let batch = await next()
            guard !batch.isEmpty else { return }
            await publish(batch)
        }
    }

    package func finish() {
        let waiter = state.withLock { state in
            state.isFinished = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: [])
    }

    private func next() async -> [Publication] {
        await withCheckedContinuation { continuation in
            let ready: [Publication]? = state.withLock { state in
                if state.queue.isEmpty, !state.isFinished {
                    state.waiter = continuation
                    return nil
                }
                defer { state.queue = [] }
                return state.queue
            }
            if let ready { continuation.resume(returning: ready) }
        }
    }

    private func publish(_ batch: [Publication]) async {
        let logged = batch.filter { $0.kind != .refusal }
        guard await attempt("append to the history", batch.count, { try await history.append(logged) }) else { return }
        _ = await attempt("publish to the broker", batch.count, { try await broker.publish(batch) })
    }

    private func attempt(_ what: String, _ count: Int, _ body: () async throws -> Void) async -> Bool {
        for attempt in 1...Self.attempts {
            do {
                try await body()
                return true
            } catch let error as HistoryError {
                // Trying again can't help: somebody else leads, or the sequence is taken.
                drop(count, "could not \(what): \(error)")
                return false
            } catch {
                guard attempt < Self.attempts else {
                    drop(count, "could not \(what) in \(attempt) attempts: \(error)")
                    return false
                }
                try? await Task.sleep(for: .milliseconds(50 << attempt))
            }
        }
        return false
    }

    private func drop(_ count: Int, _ reason: String) {
        state.withLock { $0.dropped += count }
        logger.error("dropped publications", metadata: ["count": "\(count)", "reason": "\(reason)"])
    }
}
