import Shared
import Synchronization

/// What is done about holes that could not be looked for while the history was away.
extension Hub {
    private static let checkInterval: Duration = .seconds(1)

    /// What was missed last is not followed by anything that would tell so: it is looked for when the history is back.
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
