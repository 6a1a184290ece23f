/// A line each second on standard error while a run goes on: how many are connected, what comes, how late.
struct Progress: Sendable {
    private let fleet: ClientFleet
    private let publisher: Publisher?

    init(_ fleet: ClientFleet, _ publisher: Publisher?) {
        self.fleet = fleet
        self.publisher = publisher
    }

    /// Until it is cancelled.
    func start() -> Task<Void, any Error> {
        Task {
            let began = ContinuousClock.now
            var before = (time: began, received: 0, published: 0)
            while !Task.isCancelled {
                try await Task.sleep(for: .seconds(1))
                let snapshot = try await fleet.snapshot()
                let now = ContinuousClock.now
                let seconds = (now - before.time) / .seconds(1)
                let received = snapshot.tally.received + snapshot.slowTally.received
                let published = publisher?.published ?? 0
                StandardError.write(
                    line: Self.line(
                        second: Int(((now - began) / .seconds(1)).rounded()),
                        snapshot,
                        received: Double(received - before.received) / seconds,
                        published: publisher == nil ? nil : Double(published - before.published) / seconds
                    )
                )
                before = (now, received, published)
            }
        }
    }

    static func line(second: Int, _ snapshot: FleetSnapshot, received: Double, published: Double?) -> String {
        let connected = Amount.count(snapshot.live + snapshot.slowLive)
        var parts = ["\(second) s", "connected \(connected)", "received \(Amount.count(Int(received.rounded())))/s"]
        if let published { parts.append("published \(Amount.count(Int(published.rounded())))/s") }
        if let latency = LatencySummary(snapshot.tally.latency) {
            parts.append("p99 so far \(Amount.time(microseconds: latency.p99))")
        }
        let ended = snapshot.tally.closed.merging(snapshot.slowTally.closed, uniquingKeysWith: +)
        if !ended.isEmpty { parts.append("closed \(Amount.counts(ended))") }
        if snapshot.retries > 0 { parts.append("retries \(Amount.count(snapshot.retries))") }
        let wrong = snapshot.tally.gaps + snapshot.tally.repeats + snapshot.tally.reorders
        if wrong > 0 { parts.append("gaps, repeats, reorders \(Amount.count(wrong))") }
        return parts.joined(separator: "  ")
    }
}
