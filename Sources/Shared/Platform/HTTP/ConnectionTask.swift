import NIOCore

/// Work that takes its time, for one connection: its outcome comes back on the connection's loop, unless it was given up
/// before. Lives on that loop.
///
/// A connection has one of them at a time. Work that is given up is cancelled, and holds nothing of the connection; for how
/// long it goes on where it does not heed that is for itself to bound.
package final class ConnectionTask<Outcome: Sendable> {
    private var task: Task<Void, Never>?
    private var then: ((Outcome) -> Void)?

    /// - Parameter otherwise: For an outcome that nobody waits for any more; it must hold nothing of the connection.
    package init(
        on loop: any EventLoop,
        _ work: @escaping @Sendable () async -> Outcome,
        otherwise: @escaping (Outcome) -> Void = { _ in },
        then: @escaping (Outcome) -> Void
    ) {
        self.then = then
        let promise = loop.makePromise(of: Outcome.self)
        promise.futureResult.assumeIsolated().whenSuccess { [self] outcome in
            let then = self.then
            self.then = nil
            if let then { then(outcome) } else { otherwise(outcome) }
        }
        task = promise.completeWithTask(work)
    }

    package func cancel() {
        then = nil
        task?.cancel()
    }
}

@available(*, unavailable)
extension ConnectionTask: Sendable {}
