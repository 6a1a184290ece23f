import Foundation
import Glibc
import StoreContracts
import TestSupport
import Testing

@testable import Core
@testable import NATSStores
@testable import Stores

extension NATSIntegration {
    @Suite("NATS under load")
    struct NATSLoadTests {
        private typealias Sample = ContractPublications

        @Test func aReceiverThatIsTooSlowIsToldWhichStreamItMissedAndTheOthersGoOn() async throws {
            try await NATSServer.with { server in
                let broker = try server.broker { $0.maximumPendingMessages = 100 }
                try await broker.isUp()
                let (stream, other) = (Sample.freshStream(), Sample.freshStream())
                let (slow, quick) = (StoppedReceiver(), CollectingReceiver())
                let subscribers = [broker.attach(slow), broker.attach(quick)]
                // Two subscriptions made one after the other are on different threads of cnats.
                try await subscribers[0].subscribe(to: stream)
                try await subscribers[1].subscribe(to: other)
                try await broker.publish(Sample.publications(stream, 1...500) + [Sample.publication(other, 1)])
                #expect(await slow.heard.losses(atLeast: 1) == [.stream(stream)])
                // Quiet for longer than the queue is looked at again, and still full.
                try await Task.sleep(for: .milliseconds(1200))
                #expect(await slow.heard.losses(atLeast: 1).count <= 2, "told once for what was dropped at one time")
                let told = slow.heard.losses.count
                try await broker.publish([Sample.publication(stream, 501), Sample.publication(other, 2)])
                #expect(Set(await slow.heard.losses(atLeast: told + 1)) == [.stream(stream)])
                #expect(await quick.publications(atLeast: 2) == Sample.publications(other, 1...2))
                slow.goOn()
                _ = await slow.heard.publications(atLeast: 101)
                try await broker.publish([Sample.publication(stream, 502)])
                while slow.heard.publications.last != Sample.publication(stream, 502) {
                    try await Task.sleep(for: .milliseconds(5))
                }
                let heard = slow.heard.publications.map(\.position.sequence)
                #expect(heard == heard.sorted() && heard.first == 1 && heard.count < 500)
                #expect(quick.losses.isEmpty)
                await broker.close()
            }
        }

        @Test func aHundredThousandSubscriptionsComeAndGoUnderLoad() async throws {
            try await NATSServer.with { server in
                let (broker, publisher) = (try server.broker(), try server.broker())
                for broker in [broker, publisher] { try await broker.isUp() }
                let streams = (0..<100).map { _ in Sample.freshStream() }
                let flood = Task {
                    while !Task.isCancelled { try await publisher.publish(streams.map { Sample.publication($0, 1) }) }
                }
                let receiver = CountingReceiver()
                let subscriber = broker.attach(receiver)
                let start = ContinuousClock.now
                try await cycle(subscriber, streams, times: 500)
                let buried = broker.buriedSubscriptions
                while broker.buriedSubscriptions > 0 { try await Task.sleep(for: .milliseconds(20)) }
                let warm = residentBytes()
                try await cycle(subscriber, streams, times: 500)
                flood.cancel()
                _ = try? await flood.value
                while broker.buriedSubscriptions > 0 { try await Task.sleep(for: .milliseconds(20)) }
                let grown = residentBytes() - warm
                print(
                    "100,000 subscriptions in \(ContinuousClock.now - start), \(receiver.count.value) heard, \(buried)",
                    "buried at the most, \(warm >> 20) MiB and then \(grown >> 10) KiB more"
                )
                #expect(receiver.count.value > 0)
                #expect(grown < 24 << 20)
                await broker.close()
                await publisher.close()
            }
        }

        @Test func aConnectionThatWasClosedLeavesNothingBehind() async throws {
            try await NATSServer.with { server in
                weak var released: NATSLink?
                do {
                    let link = try NATSLink(
                        NATSConfiguration(address: "nats://127.0.0.1:\(server.port)"),
                        limits: NATSLimits(),
                        logger: CollectedLog().logger,
                        onRestored: { _ in },
                        onSlow: { _ in }
                    )
                    released = link
                    try link.start()
                    while link.status != .connected { try await Task.sleep(for: .milliseconds(5)) }
                    await link.close()
                }
                while released != nil { try await Task.sleep(for: .milliseconds(5)) }
            }
        }

        /// Each stream is subscribed to and unsubscribed from, so many times, all streams at once.
        private func cycle(_ subscriber: any BrokerSubscriber, _ streams: [StreamName], times: Int) async throws {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for stream in streams {
                    tasks.addTask {
                        for _ in 0..<times {
                            try await subscriber.subscribe(to: stream)
                            try await subscriber.unsubscribe(from: stream)
                        }
                    }
                }
                try await tasks.waitForAll()
            }
        }

        private func residentBytes() -> Int {
            let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ")
            return (pages.flatMap { Int($0[1]) } ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
        }
    }

    private final class CountingReceiver: BrokerReceiver {
        let count = Locked(0)

        func receive(_ batch: [Publication]) { count.value += batch.count }

        func mayHaveMissed(_ loss: BrokerLoss) {}
    }
}
