import Composition
import Core
import Stores

/// Publications per second through a broker and a history on this machine, with one subscriber that hears all of them:
/// kept and published, as an ingestor does it, and published only.
///
/// Publisher and subscriber have connections and event loops of their own, as the ingestor and an edge node have.
struct PublishBench {
    let stores: LocalStores.Kind
    let streams: Int
    let rounds: Int
    let seconds: Int
    let batch: Int

    /// One line of words for each measurement.
    func run(_ report: (String) -> Void) async throws {
        let servers = try await LocalStores.start(stores)
        defer { servers.stop() }
        try await servers.withConnection { publisher in
            try await servers.withConnection { listener in
                try await run(publisher, listener, report)
            }
        }
    }

    private func run(_ publisher: ConnectedStores, _ listener: ConnectedStores, _ report: (String) -> Void) async throws
    {
        var source = try PublicationSource(streams: streams)
        let counter = PublishedCounter()
        let subscriber = listener.broker.attach(counter)
        for stream in source.streams { try await subscriber.subscribe(to: stream) }
        let whole = stores == .redis ? "history and broker, one script" : "history in Redis, then broker"
        let kept = try await measure(&source, counter) { try await publisher.outlet.deliver($0) }
        report("\(whole): \(kept)")
        let live = try await measure(&source, counter) { try await publisher.broker.publish($0) }
        report("broker alone: \(live)")
    }

    private func measure(
        _ source: inout PublicationSource,
        _ counter: PublishedCounter,
        _ publish: ([Publication]) async throws -> Void
    ) async throws -> String {
        var done: [PublishRound] = []
        for _ in 0..<rounds {
            let length = Duration.seconds(seconds)
            done.append(
                try await PublishRound.run(&source, batch: batch, for: length, heardBy: counter, publish)
            )
        }
        let rate = Spread(done.map(\.perSecond))
        let milliseconds = Spread(done.map { $0.time / .milliseconds(1) / Double($0.batches) }).median
        let cores = Spread(done.map { $0.cpuSeconds / ($0.time / .seconds(1)) * 100 }).median
        let (published, heard) = done.reduce((0, 0)) { ($0.0 + $1.published, $0.1 + $1.heard) }
        let hearing = heard == published ? "all heard" : "only \(heard) of \(published) heard"
        return "\(rate) publications/s, \(hearing); \((milliseconds * 10).rounded() / 10) ms a batch, "
            + "\(Int(cores)) % of a core for both ends, beside the servers"
    }
}
