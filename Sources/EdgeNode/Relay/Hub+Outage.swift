import Core
import Synchronization

/// What is done while the history is away.
extension Hub {
    private static let retries: [Duration] = [.milliseconds(50), .milliseconds(150), .milliseconds(400)]
    private static let checkInterval: Duration = .seconds(1)

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
            guard outage.isWorthWaiting, next - start < outage.patience, isWanted(stream) else { return nil }
            try? await Task.sleep(for: waits.popFirst() ?? Self.checkInterval)
        }
    }

    private func isWanted(_ stream: StreamName) -> Bool { relays.withLock { ($0[stream]?.shards ?? 0) != 0 } }

    /// A hole could not be looked for. What was missed last is not followed by anything that would tell so: it is looked for
    /// when the history is back.
    func readLater(_ stream: StreamName) {
        guard outage.insert(stream) else { return }
        Task { [weak self] in
            while true {
                try? await Task.sleep(for: Self.checkInterval)
                // Any of them: it may be that one can't be read.
                guard let self, let stream = outage.streams.randomElement() else { return }
                guard await readLog(stream, from: .max, limit: 0) != nil else { continue }
                let missed = outage.takeStreams()
                let streams = relays.withLock { relays in missed.filter { relays[$0]?.suspect() ?? false } }
                return await heal(Array(streams))
            }
        }
    }
}
