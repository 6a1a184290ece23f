import Core
import NIOCore
import Platform
import TestSupport
import Testing

@testable import EdgeNode

/// Several shards on threads of their own, a publisher at full speed, clients that come and go.
@Suite struct ConcurrentFanOutTests {
    private static let rounds: UInt64 = 1500

    /// What one client has seen of one stream.
    private enum Seen: Equatable {
        case nothing
        case replied
        case at(UInt64)
    }

    private struct Watcher {
        var seen: [String: Seen] = [:]
        var updates = 0

        mutating func take(_ text: String) {
            guard let message = ServerMessage(text) else {
                Issue.record("not JSON: \(text)")
                return
            }
            if message.op == "subscribe" {
                for argument in message.args ?? [] where seen[argument, default: .nothing] == .nothing {
                    seen[argument] = .replied
                }
            } else if message.op == "unsubscribe" {
                for argument in message.args ?? [] { seen[argument] = .nothing }
            } else if let seq = message.seq, let stream = message.stream {
                let name = String(stream.dropFirst("tidegate.futures.".count))
                switch seen[name, default: .nothing] {
                case .nothing: Issue.record("data without a subscription: \(text)")
                case .replied: #expect(name.hasPrefix("trade") || message.type == "snapshot", "\(text)")
                case .at(let last):
                    let isWhole = name.hasPrefix("depth") && seq % 200 == 0
                    #expect(
                        seq == last + 1 && message.type == (isWhole ? "snapshot" : "update"),
                        "after \(last): \(text)"
                    )
                }
                seen[name] = .at(seq)
                updates += 1
            } else {
                Issue.record("unexpected: \(text)")
            }
        }
    }

    @Test(arguments: [1, 2] as [UInt64])
    func eachClientSeesReplyThenSnapshotThenEveryUpdateOnce(seed: UInt64) async throws {
        let fixture = EdgeFixture(shards: 3) {
            $0.maximumMessageRate = .max / 16
            $0.linger = .seconds(0)
            $0.pingInterval = .hours(1000)
            $0.idleTimeout = .hours(1000)
        }
        let names = ["ticker.BTCUSDT", "trade.BTCUSDT", "depth.BTCUSDT"]
        try await fixture.publish(.ticker(1), .trade(1), .depth(1, .snapshot))
        try await withThrowingTaskGroup(of: Int.self) { group in
            for index in 0..<6 {
                group.addTask {
                    var random = SeededGenerator(seed: seed << 32 | UInt64(index))
                    let client = try await fixture.client(shard: index % 3)
                    var watcher = Watcher()
                    for _ in 0..<60 {
                        let name = names.randomElement(using: &random) ?? ""
                        let operation = Bool.random(using: &random) ? "subscribe" : "unsubscribe"
                        try await client.send(#"{"op":"\#(operation)","args":["\#(name)"]}"#)
                        for _ in 0..<Int.random(in: 0...15, using: &random) {
                            for text in try await client.texts() { watcher.take(text) }
                            await Task.yield()
                        }
                        if Int.random(in: 0..<8, using: &random) == 0 { try await fixture.sweep() }
                    }
                    try await client.disconnect()
                    for text in try await client.texts() { watcher.take(text) }
                    return watcher.updates
                }
            }
            group.addTask {
                for sequence in 2...Self.rounds {
                    // Now and then a whole book, as the ingestor does, so that the history always holds one.
                    let book = try Publication.depth(sequence, sequence % 200 == 0 ? .snapshot : .update)
                    try await fixture.publish(.ticker(sequence), .trade(sequence), book)
                    await Task.yield()
                }
                return 0
            }
            var updates = 0
            for try await count in group { updates += count }
            #expect(updates > 100)
        }
        #expect(
            fixture.counters.allSatisfy {
                $0.connections.get() == 0 && $0.subscriptions.get() == 0 && $0.gaps.values.values.allSatisfy { $0 == 0 }
            }
        )
    }
}
