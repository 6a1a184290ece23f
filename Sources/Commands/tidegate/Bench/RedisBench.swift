import Foundation
import Glibc
import Logging
import NIOCore
import NIOPosix
import Shared
import Synchronization

/// Publications per second through a Redis on this machine, with one subscriber that hears all of them: appended and
/// published in one step (`RedisOutlet`), and published only (`RedisBroker`).
struct RedisBench {
    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    private static let bytes = 400

    let streams: Int
    let seconds: Int
    let batchSize: Int

    /// One line of words for each measurement.
    func run(_ report: (String) -> Void) async throws {
        guard let server = try BenchRedisServer() else { return report("skipped: redis-server is not installed") }
        defer { server.stop() }
        let logger = Logger(label: "bench")
        let connector = try RedisConnector(url: RedisURL(server.url))
        let names = StoreNames(brand: "bench")
        let group = MultiThreadedEventLoopGroup.singleton
        let client = RedisClient(connector, purpose: "bench", group: group, logger: logger)
        let broker = RedisBroker(connector, names: names, group: group, logger: logger)
        try await server.isReady(client)
        let outlet = RedisOutlet(client, names: names, retention: Retention())
        report("outlet: \(try await measure(broker) { try await outlet.deliver($0) })")
        report("broker: \(try await measure(broker) { try await broker.publish($0) })")
        await broker.close()
        await client.close()
    }

    private func measure(
        _ broker: RedisBroker,
        _ publish: ([Publication]) async throws -> Void
    ) async throws -> String {
        let names = try (0..<streams).map { try StreamName(.trade, symbol: "BENCH\($0)") }
        let counter = Counter()
        let subscriber = broker.attach(counter)
        for name in names { try await subscriber.subscribe(to: name) }
        let data = ByteBuffer(repeating: UInt8(ascii: "x"), count: Self.bytes - PublicationRecord.headerLength)
        let epoch = UInt64(WallClock.milliseconds())
        var sequences: [UInt64] = Array(repeating: 0, count: streams)
        var published = 0
        var latencies: [Duration] = []
        let (start, cpu) = (ContinuousClock.now, Self.cpuSeconds())
        while ContinuousClock.now - start < .seconds(seconds) {
            let batch = (0..<batchSize).map { offset in
                let index = (published + offset) % streams
                sequences[index] += 1
                return Publication(
                    stream: names[index],
                    position: Position(epoch: epoch, sequence: sequences[index]),
                    kind: .update,
                    exchangeTime: 0,
                    ingestTime: 0,
                    data: data
                )
            }
            let before = ContinuousClock.now
            try await publish(batch)
            latencies.append(ContinuousClock.now - before)
            published += batch.count
        }
        // Until the last one is heard, or it is clear that it never will be.
        let patience = ContinuousClock.now + .seconds(2)
        while counter.value < published, ContinuousClock.now < patience {
            try await Task.sleep(for: .milliseconds(2))
        }
        let time = (ContinuousClock.now - start) / .seconds(1)
        let used = (Self.cpuSeconds() - cpu) / time
        await subscriber.close()
        latencies.sort()
        let median = Int(latencies[latencies.count / 2] / .microseconds(1))
        return "\(Int(Double(published) / time)) publications/s of \(Self.bytes) bytes over \(streams) streams in "
            + "batches of \(batchSize), \(counter.value) of \(published) heard; \(median) µs a batch; "
            + "\(Int(used * 100)) % of a core here, beside Redis's own"
    }

    /// CPU time of this process.
    private static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private final class Counter: BrokerReceiver {
        private let count = Atomic(0)
        var value: Int { count.load(ordering: .relaxed) }
        func receive(_ batch: [Publication]) { count.add(batch.count, ordering: .relaxed) }
        func mayHaveMissed(_ loss: BrokerLoss) {}
    }
}
