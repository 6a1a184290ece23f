import Core
import Logging
import NIOCore
import NIOPosix
import RedisStores
import StoreContracts
import Stores
import TestSupport
import Testing

extension RedisIntegration {
    @Suite("The broker over Redis Pub/Sub")
    struct RedisBrokerTests: BrokerSuite {
        private typealias Sample = ContractPublications
        let log = CollectedLog()

        @Test(arguments: BrokerContract.promises)
        func promise(_ promise: BrokerContract) async throws {
            try await RedisServer.with { server in
                let broker = try broker(server)
                try await promise.check(broker)
                await broker.close()
                await #expect(throws: RedisError.closed) {
                    try await broker.publish([Sample.publication(Sample.freshStream(), 1)])
                }
            }
        }

        @Test func afterARestartTheSubscriptionsAreBackAndTheLossIsTold() async throws {
            try await RedisServer.with { server in
                let broker = try broker(server)
                let streams = (0..<1500).map { _ in Sample.freshStream() }
                let receiver = CollectingReceiver()
                let subscriber = broker.attach(receiver)
                try await subscriber.subscribe(to: streams)
                try await subscriber.listen(on: .heartbeat)
                server.stop()
                while broker.status.isUsable { try await Task.sleep(for: .milliseconds(5)) }
                await #expect(throws: RedisError.self) { try await broker.publish([Sample.publication(streams[0], 1)]) }
                try await server.start()
                #expect(await receiver.losses(atLeast: 1) == [.everything])
                while !broker.status.isUsable { try await Task.sleep(for: .milliseconds(5)) }
                let batch = streams.map { Sample.publication($0, 2) }
                try await broker.publish(batch)
                try await broker.send(ByteBuffer(string: "beat"), on: .heartbeat)
                #expect(await receiver.publications(atLeast: 1500).count == 1500)
                #expect(await receiver.messages(atLeast: 1).map(\.text) == ["beat"])
                await subscriber.close()
                await broker.close()
            }
        }

        @Test func tenThousandStreamsAreSubscribedToInAMoment() async throws {
            try await RedisServer.with { server in
                let broker = try broker(server)
                let streams = (0..<10_000).map { _ in Sample.freshStream() }
                let receiver = CollectingReceiver()
                let subscriber = broker.attach(receiver)
                let alone = try await ContinuousClock().measure {
                    for _ in 0..<200 { try await subscriber.subscribe(to: Sample.freshStream()) }
                }
                let together = try await ContinuousClock().measure { try await subscriber.subscribe(to: streams) }
                print("200 streams one by one in \(alone), 10,000 together in \(together)")
                #expect(together / 50 < alone / 2)
                try await broker.publish(streams.map { Sample.publication($0, 1) })
                #expect(await receiver.publications(atLeast: 10_000).count == 10_000)
                await subscriber.close()
                await broker.close()
            }
        }

        @Test func whileRedisIsAwaySubscribingFailsWithinItsTimeAndListeningIsMadeUpFor() async throws {
            let server = try RedisServer()
            defer { server.stop() }
            let broker = try broker(server) { $0.commandTimeout = .milliseconds(300) }
            let receiver = CollectingReceiver()
            let subscriber = broker.attach(receiver)
            let stream = Sample.freshStream()
            let error = await #expect(throws: RedisError.self) { try await subscriber.subscribe(to: stream) }
            #expect(error?.description.contains("Connection refused") == true)
            try await subscriber.listen(on: .demand)
            try await server.start()
            while !broker.status.isUsable { try await Task.sleep(for: .milliseconds(5)) }
            let channels = names.channel(.demand)
            while try await server.command("PUBSUB", "CHANNELS", "*").array?.compactMap(\.text) != [channels] {}
            try await broker.send(ByteBuffer(string: "here"), on: .demand)
            #expect(await receiver.messages(atLeast: 1).map(\.text) == ["here"])
            await subscriber.close()
            await broker.close()
        }

        @Test func aSubscriptionThatIsNotConfirmedInTimeCountsAsNone() async throws {
            try await RedisServer.with { server in
                let broker = try broker(server) { $0.commandTimeout = .milliseconds(200) }
                let receiver = CollectingReceiver()
                let subscriber = broker.attach(receiver)
                let (stream, other) = (Sample.freshStream(), Sample.freshStream())
                try await subscriber.subscribe(to: other)
                server.freeze()
                await #expect(throws: RedisError.self) { try await subscriber.subscribe(to: stream) }
                server.goOn()
                while !broker.status.isUsable { try await Task.sleep(for: .milliseconds(5)) }
                try await broker.publish([Sample.publication(stream, 1), Sample.publication(other, 1)])
                #expect(await receiver.publications(atLeast: 1) == [Sample.publication(other, 1)])
                while try await server.command("PUBSUB", "CHANNELS", "*").array?.count != 1 {}
                await subscriber.close()
                await broker.close()
            }
        }

        @Test func aPeerThatDiedSilentlyIsFoundAndTheLossTold() async throws {
            try await RedisServer.with { server in
                let broker = try broker(server) { limits in
                    limits.commandTimeout = .milliseconds(200)
                    limits.keepalive = .milliseconds(200)
                }
                let receiver = CollectingReceiver()
                let subscriber = broker.attach(receiver)
                let stream = Sample.freshStream()
                try await subscriber.subscribe(to: stream)
                // Longer than both times: pings keep a quiet connection.
                try await Task.sleep(for: .milliseconds(800))
                #expect(broker.status == .connected)
                #expect(log.lines.isEmpty)
                let start = ContinuousClock.now
                server.freeze()
                // The connection to publish on finds it as well.
                while !log.lines.contains(where: { $0.contains("purpose=subscriptions") }) {
                    try await Task.sleep(for: .milliseconds(5))
                }
                #expect(ContinuousClock.now - start < .milliseconds(700))
                server.goOn()
                #expect(await receiver.losses(atLeast: 1) == [.everything])
                await subscriber.close()
                await broker.close()
            }
        }

        @Test func aSubscriberThatIsTooSlowIsCutOffByRedisAndToldOfTheLoss() async throws {
            let limit = ["--client-output-buffer-limit", "pubsub 1mb 1mb 0"]
            try await RedisServer.with(limit) { server in
                let broker = try broker(server)
                let receiver = StoppedReceiver()
                let subscriber = broker.attach(receiver)
                let stream = Sample.freshStream()
                try await subscriber.subscribe(to: stream)
                var publication = Sample.publication(stream, 1)
                publication.data = ByteBuffer(repeating: 0x20, count: 100_000)
                // On a loop of its own: the receiver stops one of the others.
                let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
                let publisher = RedisClient(
                    try server.connector(),
                    purpose: "test",
                    group: group,
                    logger: log.logger
                )
                var command = RedisCommand("PUBLISH", names.channel(stream))
                command.append { PublicationRecord.write(publication, into: &$0) }
                while try await publisher.send(command).integer == 1 {}
                receiver.goOn()
                #expect(await receiver.heard.losses(atLeast: 1) == [.everything])
                await publisher.close()
                try await group.shutdownGracefully()
                await subscriber.close()
                await broker.close()
            }
        }

        @Test func messagesOfOneReadAreOneDelivery() async throws {
            try await RedisServer.with { server in
                let broker = try broker(server)
                let receiver = CountingReceiver()
                let subscriber = broker.attach(receiver)
                let stream = Sample.freshStream()
                try await subscriber.subscribe(to: stream)
                try await broker.publish(Sample.publications(stream, 1...500))
                _ = await receiver.heard.publications(atLeast: 500)
                #expect(receiver.deliveries.value < 100)
                await subscriber.close()
                await broker.close()
            }
        }

        @Test func foreignMessagesOnOurChannelsArePassedOverCountedAndSaid() async throws {
            try await RedisServer.with { server in
                let broker = try broker(server)
                let receiver = CollectingReceiver()
                let subscriber = broker.attach(receiver)
                let stream = Sample.freshStream()
                try await subscriber.subscribe(to: stream)
                try await broker.publish([Sample.publication(stream, 1)])
                for _ in 0..<20 { try await server.command("PUBLISH", names.channel(stream), "hello") }
                try await broker.publish([Sample.publication(stream, 2)])
                #expect(await receiver.publications(atLeast: 2) == Sample.publications(stream, 1...2))
                #expect(broker.unreadableMessages == 20)
                #expect(log.lines.count == 5)
                #expect(log.lines.first?.contains("channel=\(names.channel(stream))") == true)
                await subscriber.close()
                await broker.close()
            }
        }

        @Test func aUserWhoMayNotSubscribeIsToldRedissWords() async throws {
            let arguments = ["--user", "ada", "on", ">lovelace", "~*", "resetchannels", "+@all"]
            try await RedisServer.with(arguments) { server in
                var limits = RedisLimits()
                limits.commandTimeout = .milliseconds(400)
                let url = try RedisURL("redis://ada:lovelace@127.0.0.1:\(server.port)")
                let broker = RedisBroker(
                    try RedisConnector(url: url, limits: limits),
                    names: names,
                    group: .singletonMultiThreadedEventLoopGroup,
                    logger: log.logger
                )
                let subscriber = broker.attach(CollectingReceiver())
                _ = try? await subscriber.subscribe(to: Sample.freshStream())
                let lines = await log.lines(atLeast: 1)
                #expect(lines.first?.contains("Redis refused SUBSCRIBE: NOPERM") == true)
                await #expect(throws: RedisError.self) {
                    try await broker.publish([Sample.publication(Sample.freshStream(), 1)])
                }
                await subscriber.close()
                await broker.close()
            }
        }

        @Test func closingLeavesNoConnection() async throws {
            try await RedisServer.with { server in
                let broker = try broker(server)
                let subscribers = (0..<3).map { _ in broker.attach(CollectingReceiver()) }
                for subscriber in subscribers { try await subscriber.subscribe(to: Sample.freshStream()) }
                try await broker.publish([Sample.publication(Sample.freshStream(), 1)])
                await broker.close()
                await #expect(throws: RedisError.closed) {
                    try await subscribers[0].subscribe(to: Sample.freshStream())
                }
                while try await server.command("CLIENT", "LIST").text?.split(separator: "\n").count != 1 {}
            }
        }
    }
}
