import Composition
import Platform

/// How fast clients are back: thousands connect at once to a node that has just started, each with a position some
/// messages back, while publishing goes on. Each must get what it missed and then what is live, without a hole or a
/// repetition. Each shows its credential again, which the new node has not seen yet.
struct ResumeBench {
    private static let streams = 20
    /// How far back the clients are.
    private static let missed: UInt64 = 50
    private static let kept = 200
    /// Publications of one stream after the other: each has a new one twice a second.
    private static let pause = Duration.milliseconds(500) / streams
    /// Descriptors beside those of the clients.
    private static let spareDescriptors = 200

    let clients: Int
    let rounds: Int
    var credential = BenchCredential.anonymous

    /// Some lines of words.
    func run(_ report: (String) -> Void) async throws {
        let needed = clients + Self.spareDescriptors
        let limit = DescriptorLimit.raise()
        guard limit >= needed else {
            throw BenchFailure.skipped("a process may open \(limit) files here (ulimit -n), and \(needed) are needed")
        }
        let servers = try await LocalStores.start(.redis)
        defer { servers.stop() }
        let credentials = try BenchCredentials(credential, clients: clients)
        defer { credentials.remove() }
        try await servers.withConnection { stores in try await run(servers, stores, credentials, report) }
    }

    private func run(
        _ servers: LocalStores,
        _ stores: ConnectedStores,
        _ credentials: BenchCredentials,
        _ report: (String) -> Void
    ) async throws {
        let source = LivePublishing(try PublicationSource(streams: Self.streams), to: stores.outlet)
        try await source.publish(Self.kept * Self.streams)
        var outcomes: [ResumeTally.Outcome] = []
        var statistics: [EdgeStatistics.Pubsub] = []
        for _ in 0..<rounds {
            let (outcome, seen) = try await round(servers, source, credentials)
            outcomes.append(outcome)
            statistics.append(seen)
        }
        let live = Spread(outcomes.map { $0.live / .seconds(1) }, digits: 2)
        let caughtUp = Spread(outcomes.map { $0.caughtUp / .seconds(1) }, digits: 2)
        let reads = Spread(statistics.map { Double($0.historyReads) })
        let (resumed, lost) = statistics.reduce((0, 0)) { ($0.0 + $1.resumed, $0.1 + $1.notRecovered) }
        report("the last had its missed messages after \(caughtUp) s, and was live after \(live) s")
        report(
            "reads of the history: \(reads); of \(rounds * clients) clients \(resumed) resumed, \(lost) not recovered"
        )
    }

    private func round(
        _ servers: LocalStores,
        _ source: LivePublishing,
        _ credentials: BenchCredentials
    ) async throws -> (ResumeTally.Outcome, EdgeStatistics.Pubsub) {
        var environment = servers.environment.merging(credentials.environment) { $1 }
        environment["MAX_CLIENTS_TOTAL"] = "\(clients)"
        // Longer than a round: the clients know no pings.
        environment["CLIENT_PING_INTERVAL"] = "600"
        let edge = try await EdgeProcess.start(environment)
        defer { edge.stop() }
        let storm = ResumeStorm(
            port: edge.port,
            requests: credentials.requests,
            positions: await source.positions(back: Self.missed)
        )
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                while !Task.isCancelled {
                    try await source.publish(1)
                    try? await Task.sleep(for: Self.pause)
                }
            }
            defer { tasks.cancelAll() }
            return try await storm.run { try await edge.statistics().pubsub }
        }
    }
}
