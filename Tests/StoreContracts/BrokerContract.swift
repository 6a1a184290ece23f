import Core
import NIOCore
import Stores
import Testing

/// What every implementation of `Broker` promises. Run the whole table against each:
/// ```
/// @Test(arguments: BrokerContract.promises) func promise(_ promise: BrokerContract) async throws {
///     try await promise.check(makeBroker())
/// }
/// ```
package struct BrokerContract: Sendable, CustomTestStringConvertible {
    package let testDescription: String
    package let check: @Sendable (any Broker) async throws -> Void

    init(_ promise: String, _ check: @escaping @Sendable (any Broker) async throws -> Void) {
        testDescription = promise
        self.check = check
    }

    package static let promises = delivery + subscriptions + endings + nodes

    private typealias Sample = ContractPublications

    private static let delivery = [
        BrokerContract("delivers each stream whole and in order") { broker in
            let streams = [Sample.freshStream(), Sample.freshStream("ticker"), Sample.freshStream("depth.50")]
            let receiver = CollectingReceiver()
            let subscriber = broker.attach(receiver)
            for stream in streams { try await subscriber.subscribe(to: stream) }
            for sequence in UInt64(1)...100 {
                try await broker.publish(streams.flatMap { Sample.publications($0, sequence * 2 - 1...sequence * 2) })
            }
            let heard = await receiver.publications(atLeast: 600)
            for stream in streams {
                #expect(heard.filter { $0.stream == stream } == Sample.publications(stream, 1...200))
            }
            await subscriber.close()
        },
        BrokerContract("keeps every field of every kind") { broker in
            let stream = Sample.freshStream()
            let kinds: [Publication.Kind] = [
                .snapshot, .update, .gap(.upstream), .gap(.failover), .gap(.edge), .refusal, .transient,
            ]
            var sent = kinds.enumerated().map { Sample.publication(stream, UInt64($0) + 1, epoch: 1 << 40, kind: $1) }
            sent[6].position = Position(epoch: 1 << 40, sequence: 0)
            sent[1].isSimulated = true
            sent[2].data = ByteBuffer()
            sent[3].data = ByteBuffer(bytes: Array(0...255) + Array(repeating: 7, count: 100_000))
            let receiver = CollectingReceiver()
            let subscriber = broker.attach(receiver)
            try await subscriber.subscribe(to: stream)
            try await broker.publish(sent)
            #expect(await receiver.publications(atLeast: sent.count) == sent)
            await subscriber.close()
        },
        BrokerContract("takes an empty batch") { broker in try await broker.publish([]) },
        BrokerContract("carries control messages, in order, to those who listen on their channel") { broker in
            let receivers = [CollectingReceiver(), CollectingReceiver()]
            let subscribers = receivers.map { broker.attach($0) }
            let mark = Sample.freshStream().canonical
            for subscriber in subscribers { try await subscriber.listen(on: .heartbeat) }
            try await subscribers[0].listen(on: .demand)
            try await broker.send(ByteBuffer(string: "\(mark) 1"), on: .demand)
            try await broker.send(ByteBuffer(string: "\(mark) 2"), on: .heartbeat)
            try await broker.send(ByteBuffer(string: "\(mark) 3"), on: .heartbeat)
            #expect(
                Set(await receivers[0].messages(atLeast: 3).map(\.text)) == ["\(mark) 1", "\(mark) 2", "\(mark) 3"]
            )
            #expect(await receivers[1].messages(atLeast: 2).map(\.text) == ["\(mark) 2", "\(mark) 3"])
            for subscriber in subscribers { await subscriber.close() }
        },
        BrokerContract("lets two receivers both hear everything") { broker in
            let stream = Sample.freshStream()
            let receivers = [CollectingReceiver(), CollectingReceiver()]
            let subscribers = receivers.map { broker.attach($0) }
            for subscriber in subscribers { try await subscriber.subscribe(to: stream) }
            try await broker.publish(Sample.publications(stream, 1...50))
            for receiver in receivers {
                #expect(await receiver.publications(atLeast: 50) == Sample.publications(stream, 1...50))
            }
            for subscriber in subscribers { await subscriber.close() }
        },
    ]

    private static let subscriptions = [
        BrokerContract("delivers nothing that was published before the subscription") { broker in
            let stream = Sample.freshStream()
            let receiver = CollectingReceiver()
            let subscriber = broker.attach(receiver)
            try await broker.publish([Sample.publication(stream, 1)])
            try await subscriber.subscribe(to: stream)
            try await broker.publish([Sample.publication(stream, 2)])
            #expect(await receiver.publications(atLeast: 1) == [Sample.publication(stream, 2)])
            await subscriber.close()
        },
        BrokerContract("delivers only the streams that were subscribed") { broker in
            let (mine, other) = (Sample.freshStream(), Sample.freshStream())
            let receiver = CollectingReceiver()
            let subscriber = broker.attach(receiver)
            try await subscriber.subscribe(to: mine)
            try await broker.publish([Sample.publication(other, 1), Sample.publication(mine, 1)])
            #expect(await receiver.publications(atLeast: 1) == [Sample.publication(mine, 1)])
            await subscriber.close()
        },
        BrokerContract("delivers once, however often it was subscribed") { broker in
            let stream = Sample.freshStream()
            let receiver = CollectingReceiver()
            let subscriber = broker.attach(receiver)
            for _ in 0..<3 { try await subscriber.subscribe(to: stream) }
            try await broker.publish(Sample.publications(stream, 1...2))
            try await broker.publish([Sample.publication(stream, 3)])
            #expect(await receiver.publications(atLeast: 3) == Sample.publications(stream, 1...3))
            await subscriber.close()
        },
    ]
}
