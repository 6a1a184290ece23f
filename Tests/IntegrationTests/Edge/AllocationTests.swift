import CAllocationCounter
import Core
import NIOCore
import NIOPosix
import Platform
import TestSupport
import Testing

@testable import EdgeNode

/// A delivery allocates nothing on the shard's loop: what is allocated for a publication does not depend on how many
/// clients it goes to.
@Suite(.enabled(if: tidegate_counts_allocations(), "a sanitizer has the allocator"), .timeLimit(.minutes(10)))
struct AllocationTests {
    private static let publications = 50

    @Test func theCounterCounts() {
        let before = tidegate_allocations_of_this_thread()
        let array = Array(repeating: UInt8(before & 1), count: 10_000)
        #expect(tidegate_allocations_of_this_thread() > before, "\(array.count)")
    }

    @Test func aDeliveryAllocatesNothing() async throws {
        let few = try await allocations(clients: 20)
        let many = try await allocations(clients: 220)
        let perDelivery = Double(many - few) / Double(200 * Self.publications)
        print("allocations for \(Self.publications) publications: \(few) to 20 clients, \(many) to 220")
        #expect(perDelivery < 0.02)
    }

    /// On the shard's loop, for publications to so many clients, one after the other.
    private func allocations(clients count: Int) async throws -> Int {
        var result = 0
        try await RunningNode.with {
            // A machine that is busy must not bring what comes by time into the count.
            $0.connection.pingInterval = .hours(1)
            $0.pulseInterval = .hours(1)
        } _: { node in
            let group = MultiThreadedEventLoopGroup.singleton
            var clients: [(StreamCollector, any Channel)] = []
            for _ in 0..<count {
                let collector = StreamCollector(requests: [#"{"action":"subscribe","streams":["trade.BTCUSDT"]}"#])
                let url = try WebSocketURL("ws://127.0.0.1:\(node.port)/ws")
                let channel = try await WebSocketClient(group: group).connect(to: url) { _ in collector }
                _ = await collector.texts.elements(atLeast: 1)
                clients.append((collector, channel))
            }
            // What grows once has grown.
            try await publish(1...5, to: node, clients.map(\.0))
            let before = try await node.loop.submit { tidegate_allocations_of_this_thread() }.get()
            try await publish(6...UInt64(5 + Self.publications), to: node, clients.map(\.0))
            result = try await node.loop.submit { tidegate_allocations_of_this_thread() }.get() - before
            for (_, channel) in clients { try await channel.close() }
        }
        return result
    }

    private func publish(_ range: ClosedRange<UInt64>, to node: RunningNode, _ clients: [StreamCollector]) async throws
    {
        for sequence in range {
            let publication = Publication(
                stream: try StreamName(canonical: "trade.BTCUSDT"),
                position: Position(epoch: 1, sequence: sequence),
                kind: .update,
                exchangeTime: 1,
                ingestTime: 1,
                data: ByteBuffer(string: "[]")
            )
            try await node.publish([publication])
            for client in clients { _ = await client.texts.elements(atLeast: 1 + Int(sequence)) }
        }
    }
}
