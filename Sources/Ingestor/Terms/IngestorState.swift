import Core
import Stores

/// How an ingestor is now, for its pages.
package struct IngestorState: Sendable {
    package enum Role: Sendable, Hashable {
        case standby
        case leader(epoch: UInt64)

        package var word: String { if case .leader = self { "leader" } else { "standby" } }
    }

    package var isRunning = false
    package var role = Role.standby
    package var broker = StoreStatus.connected
    package var history = StoreStatus.connected
    /// Why the lease could not be asked for; nil where it could.
    package var leadershipProblem: String?
    /// Of the leader's circuit breaker; closed on a standby.
    package var breaker = "closed"
    /// In the store's words what opened it; nil where deliveries work.
    package var deliveryProblem: String?
    package var queued = 0
    /// Of the streams that can't be kept, with the reason for each.
    package var unusableLogs: [StreamName: String] = [:]
    package var upstream = UpstreamStatus()

    package init() {}

    /// What keeps this process from taking over, or, where it leads, from delivering: in words, empty where all is well.
    package var problems: [String] { storeProblems + leaderProblems }

    /// What `/ready` says: empty where it could take over, or leads.
    package var storeProblems: [String] {
        guard isRunning else { return ["starting or stopping"] }
        var problems: [String] = []
        if !broker.isUsable { problems.append("the broker is \(broker)") }
        if !history.isUsable { problems.append("the history is \(history)") }
        if role == .standby, let leadershipProblem {
            problems.append("the leader's lease can't be asked for: \(leadershipProblem)")
        }
        return problems
    }

    private var leaderProblems: [String] {
        guard isRunning, case .leader = role else { return [] }
        var problems: [String] = []
        if breaker != "closed" {
            let words = deliveryProblem.map { ": \($0)" } ?? ""
            problems.append("publications can't be delivered: the circuit breaker is \(breaker)\(words)")
        }
        if !unusableLogs.isEmpty { problems.append(HistoryError.words(of: unusableLogs)) }
        if !upstream.isConnected { problems.append("the exchange is disconnected") }
        if let words = upstream.unreadable.words { problems.append(words) }
        return problems + upstream.problems
    }
}
