import Shared
import Synchronization

/// What is done while the history is away.
extension Hub {
    private static let retries: [Duration] = [.milliseconds(50), .milliseconds(150), .milliseconds(400)]
    private static let checkInterval: Duration = .seconds(1)

    /// Reads again, first soon and then each second, as long as `outage` says that it is worth the wait. Nil is what a
    /// read answers that failed, and what this answers where the history stays away.
    func patiently<Answer>(_ read: () async -> Answer?) async -> Answer? {
        var waits = Self.retries[...]
        while true {
            if let answer = await read() { return answer }
            guard outage.isWorthWaiting else { return nil }
            try? await Task.sleep(for: waits.popFirst() ?? Self.checkInterval)
        }
    }

    /// A hole could not be looked for. What was missed last is not followed by anything that would tell so: it is looked for when the history is back.
    func readLater(_ stream: StreamName) {
        guard outage.insert(stream) else { return }
        Task { [weak self] in
            while true {
                try? await Task.sleep(for: Self.checkInterval)
                guard let self, let stream = outage.streams.first else { return }
                guard await readLog(stream, from: .max, limit: 0) != nil else { continue }
                let missed = outage.takeStreams()
                let streams = relays.withLock { relays in missed.filter { relays[$0]?.suspect() ?? false } }
                return await heal(Array(streams))
            }
        }
    }
}
