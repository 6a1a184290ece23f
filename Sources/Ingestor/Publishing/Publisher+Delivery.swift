import Core
import FeedKit
import Logging
import NIOCore
import Platform
import Stores
import Synchronization

/// One batch, until it is delivered or the term is over.
extension Publisher {
    /// Answers why no more can be delivered; nil when the batch is done with.
    func deliver(_ batch: [Publication]) async -> Stop? {
        let size = PublishQueue.Size(batch)
        var batch = unblocked(batch)
        // Here, since what waited may have come under another term meanwhile; once, however often it is tried.
        signer?.sign(&batch)
        defer { queue.left(size) }
        while !batch.isEmpty {
            guard !Task.isCancelled else { return (.cancelled, batch) }
            guard term.isHeld else { return (.termLost, batch) }
            guard begin() else {
                // Not reached: every failure was waited for.
                await pause(CircuitBreaker.pause)
                continue
            }
            do {
                try await outlet.deliver(batch)
                answered()
                counters.published.add(batch.count)
                positions.published(batch)
                queue.receipts?.delivered(batch)
                return nil
            } catch HistoryError.fenced(let stream, let epoch, let current) {
                answered()
                let error = HistoryError.fenced(stream, epoch: epoch, current: current)
                return (.fenced("\(error)"), batch)
            } catch HistoryError.outOfOrder(let stream, let sequence, let last) where block([stream: nil], in: &batch) {
                answered()
                logger.log(
                    .error,
                    key: "conflict",
                    "somebody else wrote a stream: what is queued of it is dropped, and it is read from the history",
                    metadata: ["stream": "\(stream)", "sequence": "\(sequence)", "last": "\(last)"]
                )
                onConflict(stream, .written(last: last))
            } catch HistoryError.unusable(let logs) where block(logs.mapValues { $0 }, in: &batch) {
                // All else was delivered.
                answered()
                counters.published.add(batch.count)
                positions.published(batch)
                queue.receipts?.delivered(batch)
                logger.log(
                    .error,
                    key: "unusable",
                    "streams can't be kept and so are not delivered; each is tried again until its log can be used",
                    metadata: ["error": "\(HistoryError.unusable(logs))"]
                )
                for (stream, reason) in logs { onConflict(stream, .unusable(reason)) }
                return nil
            } catch {
                await pause(failed(error, count: batch.count))
            }
        }
        return nil
    }

    private func begin() -> Bool {
        state.withLock { state in
            let now = NIODeadline.now()
            guard state.breaker.admits(at: now) else { return false }
            state.deliveringSince = now
            return true
        }
    }

    /// The stores are there, whatever they answered.
    private func answered() {
        let wasOpen = state.withLock { state in
            state.deliveringSince = nil
            state.failure = nil
            defer { state.breaker.succeeded() }
            return state.breaker.state == .halfOpen
        }
        if wasOpen { logger.log(.notice, key: "deliver", "publications are delivered again") }
    }

    private func failed(_ error: any Error, count: Int) -> TimeAmount {
        counters.retries.add()
        let wait = state.withLock { state in
            state.deliveringSince = nil
            state.failure = String("\(error)".prefix(Self.maximumFailureLength))
            return state.breaker.failed(at: .now(), using: &state.generator)
        }
        logger.log(
            .error,
            key: "deliver",
            "publications could not be delivered; they are kept and tried again",
            metadata: [
                "count": "\(count)", "queued": "\(queued)", "error": "\(error)",
                "retry_in": "\(wait.nanoseconds / 1_000_000) ms",
            ]
        )
        return wait
    }

    private func pause(_ wait: TimeAmount) async { try? await Task.sleep(for: .nanoseconds(wait.nanoseconds)) }

    /// Nothing of these streams is delivered until `unblock`. False where the batch has nothing of them: then dropping does
    /// not help. With the reason for each where its log can't be used.
    private func block(_ streams: [StreamName: String?], in batch: inout [Publication]) -> Bool {
        let isIn: (Publication) -> Bool = { streams[$0.stream] != nil && $0.isSequenced }
        let refused = batch.filter(isIn)
        guard !refused.isEmpty else { return false }
        batch.removeAll(where: isIn)
        queue.drop(refused)
        state.withLock { state in
            for (stream, reason) in streams { state.blocked[stream] = Block(reason: reason) }
        }
        return true
    }

    /// Drops what belongs to blocked streams.
    private func unblocked(_ batch: [Publication]) -> [Publication] {
        let blocked = state.withLock { $0.blocked }
        guard !blocked.isEmpty else { return batch }
        var passed: Set<StreamName> = []
        var dropped: [Publication] = []
        let kept = batch.filter { publication in
            guard publication.isSequenced, let last = blocked[publication.stream]?.last else { return true }
            if publication.position.sequence > last {
                passed.insert(publication.stream)
                return true
            }
            dropped.append(publication)
            return false
        }
        if !dropped.isEmpty { queue.drop(dropped) }
        if !passed.isEmpty {
            // What is right comes behind all that was wrong, for both were numbered in their order.
            state.withLock { state in
                for stream in passed { state.blocked[stream] = nil }
            }
        }
        return kept
    }
}
