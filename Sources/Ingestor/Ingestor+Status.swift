import FeedKit
import NIOCore
import Platform
import Stores
import Synchronization

/// How the feeds are, all of them together.
extension Ingestor {
    package var status: UpstreamStatus {
        var status = UpstreamStatus()
        let counters = feeds.map(\.counters)
        status.isConnected = !counters.isEmpty && counters.allSatisfy(\.isConnected)
        status.subscribedCount = total { $0.subscribedTopics.get() }
        status.messagesReceived = total { $0.framesReceived.get() }
        status.messagesSkipped = total(\.skipped)
        status.reconnectCount = total { $0.reconnects.get() }
        status.isSimulated = feeds.contains { $0.isSimulated }
        let unreadable = counters.flatMap { $0.unreadable.withLock { $0 } }
        status.unreadable = UnreadableTopics(count: unreadable.count, examples: unreadable)
        status.problems = counters.flatMap { $0.outages(at: .now()) }
        for counters in counters {
            let report = counters.report.withLock { $0 }
            status.problems += report.problems
            status.notices += report.notices
        }
        let last = counters.map { $0.lastDataAt.load(ordering: .relaxed) }.max() ?? 0
        if last > 0 { status.lastDataAgo = Double(max(0, WallClock.milliseconds() - last)) / 1000 }
        return status
    }

    /// What it says of itself now.
    var announcement: NodeAnnouncement {
        var announcement = NodeAnnouncement(
            id: id,
            program: configuration.program,
            admin: configuration.admin,
            sentAt: WallClock.milliseconds()
        )
        let state = state
        announcement.keys = configuration.keys
        announcement.isLeaving = !state.isRunning
        announcement.isReady = state.storeProblems.isEmpty
        if case .leader = state.role { announcement.leads = true } else { announcement.leads = false }
        return announcement
    }

    /// The sum over all feeds.
    func total(_ count: (FeedCounters) -> Int) -> Int { feeds.reduce(0) { $0 + count($1.counters) } }
}
