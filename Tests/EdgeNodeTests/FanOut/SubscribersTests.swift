import Core
import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@testable import EdgeNode

/// A shard's lists point to clients without holding them.
@Suite struct SubscribersTests {
    @Test func aListPointsToThoseWhoAreThereAndToNobodyElse() async throws {
        let fixture = EdgeFixture()
        try await fixture.publish(.ticker(1))
        let name = try StreamName(canonical: "ticker.BTCUSDT")
        let shard = fixture.ports[0].shard
        var generator = SeededGenerator(seed: 3)
        var clients: [TestClient] = []
        for _ in 0..<60 {
            if clients.count < 3 || Bool.random(using: &generator) {
                let client = try await fixture.client()
                try await client.subscribe("ticker:BTCUSDT")
                clients.append(client)
            } else {
                try await clients.remove(at: .random(in: clients.indices, using: &generator)).disconnect()
            }
            let there = clients.count
            try await fixture.loops[0].executeInContext {
                let lists = shard.value.streams[name]?.audiences.map(\.subscribers) ?? []
                #expect(lists.reduce(0) { $0 + $1.count } == there)
                let connections = Set(shard.value.clients.all.map { ObjectIdentifier($0) })
                for list in lists {
                    for (outbox, subscription) in zip(list.outboxes, list.subscriptions) {
                        let pointer = Unmanaged.passUnretained(subscription.connection.outbox).toOpaque()
                        #expect(outbox.toOpaque() == pointer)
                        #expect(connections.contains(ObjectIdentifier(subscription.connection)))
                    }
                }
            }
        }
    }
}
