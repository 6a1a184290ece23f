import Core
import Foundation
import NATSStores
import NIOCore
import StoreContracts
import Stores
import TestSupport
import Testing

extension NATSIntegration {
    @Suite("The broker over NATS")
    struct NATSBrokerTests {
        private typealias Sample = ContractPublications
        private let log = CollectedLog()

        @Test(arguments: BrokerContract.promises)
        func promise(_ promise: BrokerContract) async throws {
            try await NATSServer.with { server in
                let broker = try server.broker()
                try await broker.isUp()
                try await promise.check(broker)
                await broker.close()
                await #expect(throws: NATSError.closed) {
                    try await broker.publish([Sample.publication(Sample.freshStream(), 1)])
                }
            }
        }

        @Test func whatIsPublishedInAnyVersionIsHeard() async throws {
            try await NATSServer.with { server in
                let receiver = CollectingReceiver()
                let stream = Sample.freshStream()
                let listening = try server.broker()
                try await listening.isUp()
                let subscriber = listening.attach(receiver)
                try await subscriber.subscribe(to: stream)
                for (number, version) in zip(UInt64(1)..., WireVersion.allCases) {
                    let publishing = try server.broker(writing: version)
                    try await publishing.isUp()
                    try await publishing.publish([Sample.publication(stream, number)])
                    _ = await receiver.publications(atLeast: Int(number))
                    await publishing.close()
                }
                #expect(receiver.publications == Sample.publications(stream, 1...2))
                #expect(listening.unreadableMessages == 0)
                await listening.close()
            }
        }

        @Test func tenThousandStreamsAreSubscribedToInAMoment() async throws {
            try await NATSServer.with { server in
                let broker = try server.broker()
                try await broker.isUp()
                let streams = (0..<10_000).map { _ in Sample.freshStream() }
                let receiver = CollectingReceiver()
                let subscriber = broker.attach(receiver)
                let start = ContinuousClock.now
                try await subscriber.subscribe(to: streams)
                let time = ContinuousClock.now - start
                print("10,000 streams subscribed in \(time)")
                #expect(time < .seconds(5))
                try await broker.publish(streams.map { Sample.publication($0, 1) })
                #expect(await receiver.publications(atLeast: 10_000).count == 10_000)
                await broker.close()
            }
        }

        @Test func foreignMessagesOnOurSubjectsArePassedOverCountedAndSaid() async throws {
            try await NATSServer.with { server in
                let broker = try server.broker(logger: log)
                try await broker.isUp()
                let stream = try StreamName(canonical: "ticker.BTCUSDT")
                let receiver = CollectingReceiver()
                let subscriber = broker.attach(receiver)
                try await subscriber.subscribe(to: stream)
                let foreigner = try ForeignPublisher(port: server.port)
                try await broker.publish([Sample.publication(stream, 1)])
                for _ in 0..<20 { try await foreigner.publish("hello", to: "t.live.ticker.BTCUSDT") }
                try await broker.publish([Sample.publication(stream, 2)])
                #expect(await receiver.publications(atLeast: 2) == Sample.publications(stream, 1...2))
                // They came over another connection.
                while broker.unreadableMessages < 20 { try await Task.sleep(for: .milliseconds(5)) }
                let said = log.lines.filter { $0.contains("no publication of this release") }
                #expect(said.count == 5)
                #expect(said.first?.contains("channel=t.live.ticker.BTCUSDT") == true)
                try await foreigner.close()
                await broker.close()
            }
        }

        @Test func whatIsLargerThanTheServerTakesIsToldByANoticeAndSaid() async throws {
            try await NATSServer.with("max_payload: 1000") { server in
                let broker = try server.broker(logger: log)
                try await broker.isUp()
                let stream = Sample.freshStream()
                let receiver = CollectingReceiver()
                let subscriber = broker.attach(receiver)
                try await subscriber.subscribe(to: stream)
                var batch = Sample.publications(stream, 1...3)
                batch[1].data = ByteBuffer(repeating: 0x20, count: 2000)
                try await broker.publish(batch)
                #expect(await receiver.publications(atLeast: 2) == [batch[0], batch[2]])
                #expect(receiver.losses == [.publication(stream, batch[1].position)])
                #expect(broker.unreadableMessages == 0)
                #expect(log.lines.contains { $0.contains("set max_payload") && $0.contains("needed=131072") })
                #expect(log.lines.contains { $0.contains("larger than NATS takes") && $0.contains("\(stream)") })
                await #expect(throws: NATSError.tooLarge(bytes: 1001, maximum: 1000)) {
                    try await broker.send(ByteBuffer(repeating: 0, count: 1001), on: .demand)
                }
                #expect(broker.status == .connected)
                await broker.close()
            }
        }

        @Test func afterCloseNothingIsDeliveredAndNothingIsHeld() async throws {
            try await NATSServer.with { server in
                let (broker, other) = (try server.broker(), try server.broker())
                for broker in [broker, other] { try await broker.isUp() }
                let stream = Sample.freshStream()
                var receiver: CollectingReceiver? = CollectingReceiver()
                weak let released = receiver
                let subscriber = broker.attach(try #require(receiver))
                let staying = CollectingReceiver()
                for subscriber in [subscriber, other.attach(staying)] { try await subscriber.subscribe(to: stream) }
                async let first: Void = broker.close()
                async let second: Void = broker.close()
                _ = await (first, second)
                try await other.publish([Sample.publication(stream, 1)])
                #expect(await staying.publications(atLeast: 1).count == 1)
                #expect(receiver?.publications == [])
                receiver = nil
                #expect(released == nil)
                await #expect(throws: NATSError.closed) { try await subscriber.subscribe(to: stream) }
                await #expect(throws: NATSError.closed) { try await subscriber.listen(on: .demand) }
                let late = broker.attach(CollectingReceiver())
                await #expect(throws: NATSError.closed) { try await late.subscribe(to: stream) }
                #expect(!broker.status.isUsable)
                await other.close()
            }
        }

        @Test func aSubscribeThatIsPendingAtCloseFails() async throws {
            try await NATSServer.with { server in
                let broker = try server.broker()
                try await broker.isUp()
                let subscriber = broker.attach(CollectingReceiver())
                server.freeze()
                let waiting = Task { try await subscriber.subscribe(to: Sample.freshStream()) }
                let behind = Task { try await subscriber.subscribe(to: Sample.freshStream()) }
                // Until both have asked; nothing tells.
                try await Task.sleep(for: .milliseconds(100))
                await broker.close()
                for task in [waiting, behind] { await #expect(throws: NATSError.self) { try await task.value } }
                server.goOn()
            }
        }
    }
}
