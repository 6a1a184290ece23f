import Core
import Foundation
import NIOCore
import NIOPosix
import Platform
import RedisStores
import StoreContracts
import Stores
import TestSupport
import Testing

extension RedisIntegration {
    @Suite("A Redis that was demoted is left, and the name looked up anew")
    struct RedisDemotionTests {
        private typealias Sample = ContractPublications
        private let log = CollectedLog()

        /// Two servers, and a name that leads to the first.
        private func with(
            _ body: (_ first: RedisServer, _ second: RedisServer, _ name: Forwarder) async throws -> Void
        ) async throws {
            try await RedisServer.with { first in
                try await RedisServer.with { second in
                    try await Forwarder.with(to: first.port) { name in try await body(first, second, name) }
                }
            }
        }

        /// The second is the primary from now on, and the name leads there. No connection is closed.
        private func demote(_ first: RedisServer, for second: RedisServer, _ name: Forwarder) async throws {
            name.lead(to: second.port)
            try await first.command("REPLICAOF", "127.0.0.1", "\(second.port)")
        }

        private func connector(_ name: Forwarder, keepalive: Duration = .seconds(5)) throws -> RedisConnector {
            var limits = RedisLimits()
            limits.backoff = Backoff(initial: .milliseconds(20), maximum: .milliseconds(200), multiplier: 2)
            limits.keepalive = keepalive
            return try RedisConnector(
                url: RedisURL("redis://127.0.0.1:\(name.port)"),
                clientName: "left",
                limits: limits
            )
        }

        private func client(_ connector: RedisConnector) -> RedisClient {
            RedisClient(
                connector,
                purpose: "test",
                group: .singletonMultiThreadedEventLoopGroup,
                logger: log.logger
            )
        }

        /// Of the connections that were made through the name.
        private func isLeft(_ server: RedisServer) async throws -> Bool {
            // A replica refuses this client, as any other: it is asked what it is asked by hand.
            let lines = try ShortCommand.run("redis-cli", "-p", "\(server.port)", "CLIENT", "LIST")
            let list = lines.joined(separator: "\n")
            #expect(list.contains("cmd=client"))
            return !list.contains("name=left")
        }

        @Test func aWriterThatIsRefusedWritesToTheNewPrimary() async throws {
            try await with { first, second, name in
                let client = client(try connector(name))
                _ = try await client.send(RedisCommand("SET", "a", "1"))
                try await demote(first, for: second, name)
                let error = await #expect(throws: RedisError.self) {
                    try await client.send(RedisCommand("SET", "a", "2"))
                }
                #expect(error?.description.contains("READONLY") == true)
                try await client.isDown()
                try await client.isUp()
                _ = try await client.send(RedisCommand("SET", "a", "3"))
                #expect(try await second.command("GET", "a").text == "3")
                await client.close()
            }
        }

        @Test func soDoesAScriptThatIsRefused() async throws {
            try await with { first, second, name in
                let client = client(try connector(name))
                let names = StoreNames(brand: "t")
                let history = RedisHistory(client, names: names, retention: Retention(), logger: log.logger)
                let stream = Sample.freshStream()
                try await history.append([Sample.publication(stream, 1)])
                try await demote(first, for: second, name)
                // The term is there already: the first write is the one to the log.
                let error = await #expect(throws: RedisError.self) {
                    try await history.append([Sample.publication(stream, 2)])
                }
                #expect(error?.description.contains("READONLY") == true)
                try await client.isDown()
                try await client.isUp()
                try await history.append([Sample.publication(stream, 2)])
                #expect(try await second.command("XLEN", names.logKey(stream)).integer == 1)
                await client.close()
            }
        }

        @Test func aClientThatOnlyReadsFindsOutByAsking() async throws {
            try await with { first, second, name in
                let client = client(try connector(name, keepalive: .milliseconds(100)))
                _ = try await client.send(RedisCommand("GET", "a"))
                try await demote(first, for: second, name)
                try await client.isDown()
                try await client.isUp()
                try await second.command("SET", "a", "2")
                #expect(try await client.send(RedisCommand("GET", "a")).text == "2")
                #expect(try await isLeft(first))
                await client.close()
            }
        }

        @Test func whileTheNameStillLeadsToTheReplicaItIsNotUsed() async throws {
            try await with { first, second, name in
                try await first.command("REPLICAOF", "127.0.0.1", "\(second.port)")
                let client = client(try connector(name))
                let error = await #expect(throws: RedisError.self) { try await client.send(RedisCommand("GET", "a")) }
                #expect(error?.description.contains("is a replica (READONLY)") == true)
                while name.connections < 4 { try await Task.sleep(for: .milliseconds(5)) }
                #expect(!client.status.isUsable)
                name.lead(to: second.port)
                try await client.isUp()
                await client.close()
            }
        }

        @Test func subscribersFollowTheConnectionThatPublishes() async throws {
            try await with { first, second, name in
                let names = StoreNames(brand: "t")
                let group = MultiThreadedEventLoopGroup.singleton
                let broker = RedisBroker(
                    try connector(name, keepalive: .milliseconds(100)),
                    names: names,
                    group: group,
                    logger: log.logger
                )
                let (stream, receiver) = (Sample.freshStream(), CollectingReceiver())
                let subscriber = broker.attach(receiver)
                try await subscriber.subscribe(to: stream)
                try await broker.publish([Sample.publication(stream, 1)])
                _ = await receiver.publications(atLeast: 1)
                try await demote(first, for: second, name)
                #expect(await receiver.losses(atLeast: 1) == [.everything])
                // It hears what is published at the new primary also when that has no replica any more.
                #expect(try await isLeft(first))
                first.stop()
                while !broker.status.isUsable { try await Task.sleep(for: .milliseconds(5)) }
                try await broker.publish([Sample.publication(stream, 2)])
                #expect(await receiver.publications(atLeast: 2).map(\.position.sequence) == [1, 2])
                await broker.close()
            }
        }

        @Test func aConnectionThatIsYoungerThanTheLossStays() async throws {
            try await RedisServer.with { server in
                try await Forwarder.with(to: server.port) { name in
                    let group = MultiThreadedEventLoopGroup.singleton
                    let broker = RedisBroker(
                        try connector(name),
                        names: StoreNames(brand: "t"),
                        group: group,
                        logger: log.logger
                    )
                    let receiver = CollectingReceiver()
                    let subscriber = broker.attach(receiver)
                    try await subscriber.subscribe(to: Sample.freshStream())
                    server.stop()
                    while broker.status.isUsable { try await Task.sleep(for: .milliseconds(5)) }
                    try await server.start()
                    _ = await receiver.losses(atLeast: 1)
                    while !broker.status.isUsable { try await Task.sleep(for: .milliseconds(5)) }
                    // What a connection that was closed once more would lead to has happened when this is heard.
                    let end = Sample.freshStream()
                    try await subscriber.subscribe(to: end)
                    try await broker.publish([Sample.publication(end, 1)])
                    _ = await receiver.publications(atLeast: 1)
                    #expect(receiver.losses == [.everything])
                    await broker.close()
                }
            }
        }
    }
}
