import Composition
import Platform

/// Whether the settings lead to a broker and a history at all, and what it means where there is none.
struct StoresCheck: Check {
    let name = "stores"

    func findings(in surroundings: Surroundings) async -> [Finding] {
        if let error = surroundings.storesError {
            let place = surroundings.place(Settings.Stores.brokerURL)
            let advice = "put that setting right: the \(surroundings.program.rawValue) with it does not start"
            return [Finding(.problem, error, at: place, advice: advice, wouldNotStart: true)]
        }
        guard let addresses = try? StoreAddresses(surroundings.settings, for: surroundings.program) else { return [] }
        var findings: [Finding] = []
        switch addresses.broker {
        case .memory:
            findings.append(Finding(.note, "all is within one process: no other node hears what it publishes"))
        case .nats, .redis: break
        }
        switch addresses.history {
        case .none:
            findings.append(
                Finding(
                    .note,
                    "there is no history: a client that comes back gets a snapshot in the place of what it missed",
                    at: surroundings.place(Settings.Stores.historyURL),
                    advice: "HISTORY_URL=redis://host:6379 where clients are to resume"
                )
            )
        case .memory: findings.append(Finding(.note, "the history is within this process, and ends with it"))
        case .redis: break
        }
        if addresses.lease == nil, surroundings.program == .ingestor {
            findings.append(
                Finding(
                    .warning,
                    "there is no Redis to keep a lease in: this must be the only ingestor",
                    at: surroundings.place(Settings.Stores.redisURL),
                    advice: "REDIS_URL=redis://host:6379 where a standby is to take over"
                )
            )
        }
        return findings.isEmpty ? [Finding(.fine, "the settings lead to a broker and a history")] : findings
    }
}
