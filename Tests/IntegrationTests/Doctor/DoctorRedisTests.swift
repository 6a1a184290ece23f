import Doctor
import EdgeNode
import Foundation
import NIOCore
import Platform
import RedisStores
import Stores
import TestSupport
import Testing

extension RedisIntegration {
    @Suite("The doctor finds out what Redis is, and who is there over it")
    struct DoctorRedisTests: BrokerSuite {
        let log = CollectedLog()

        @Test func aWorkingGatewayIsFine() async throws {
            try await RedisServer.with { server in
                let broker = try broker(server)
                let change = { (configuration: inout EdgeNode.Configuration) in
                    configuration.announcementInterval = .milliseconds(50)
                    // Whether it is healthy it says there, and without the token.
                    configuration.adminPort = 0
                    configuration.adminHost = "127.0.0.1"
                    configuration.adminToken = OperatorToken("a-token-of-the-tests")
                }
                try await RunningNode.with(broker: broker, change) { node in
                    var upstream = UpstreamStatus()
                    upstream.isConnected = true
                    let heartbeat = Heartbeat(epoch: 3, sentAt: WallClock.milliseconds(), upstream: upstream).encoded()
                    let beating = Task {
                        while !Task.isCancelled {
                            try? await broker.send(heartbeat, on: .heartbeat)
                            try await Task.sleep(for: .milliseconds(50))
                        }
                    }
                    defer { beating.cancel() }
                    try await server.command("SET", "t:term", "3")
                    let report = try await examine(["REDIS_URL": server.url, "BRAND": "t"])
                    #expect(report.count(.problem) == 0, "\(report.text)")
                    #expect(report.has(.fine, "broker", "came back"), "\(report.text)")
                    #expect(report.has(.fine, "redis", "is Redis "), "\(report.text)")
                    #expect(report.has(.fine, "redis-clock", "agrees"), "\(report.text)")
                    #expect(report.has(.fine, "ingestor", "one leads, in term 3"), "\(report.text)")
                    #expect(report.has(.fine, "nodes", " has 0 of "), "\(report.text)")
                    #expect(report.has(.fine, "versions", "all 1 "), "\(report.text)")
                    #expect(report.grades("health") == [.fine], "\(report.text)")
                    #expect(report.findings("health").first?.place == "http://127.0.0.1:\(node.adminPort)")
                    #expect(report.has(.warning, "secrets", "a resume token"), "\(report.text)")
                    #expect(node.clients == 0)
                    // It leads by another Redis.
                    try await server.command("SET", "t:term", "2")
                    let other = try await examine(["REDIS_URL": server.url, "BRAND": "t"], hearing: .seconds(1))
                    #expect(other.has(.problem, "ingestor", "do not share a Redis"), "\(other.text)")
                }
                await broker.close()
            }
        }

        /// The node says what it misses, and another is of another release.
        @Test func aGatewayWithoutItsIngestorIsNot() async throws {
            try await RedisServer.with { server in
                let broker = try broker(server)
                try await RunningNode.with(broker: broker, { $0.announcementInterval = .milliseconds(50) }) { _ in
                    var other = NodeAnnouncement(id: "other", program: .edgeNode, admin: nil, sentAt: 0)
                    other.release = "0.0.1"
                    other.load = NodeLoad(connections: 1, limit: 10, streams: 1)
                    let message = other.encoded
                    let announcing = Task {
                        while !Task.isCancelled {
                            try? await broker.send(message, on: .nodes)
                            try await Task.sleep(for: .milliseconds(50))
                        }
                    }
                    defer { announcing.cancel() }
                    let report = try await examine(["REDIS_URL": server.url, "BRAND": "t"])
                    #expect(report.status(isStrict: false) == 1)
                    #expect(report.has(.problem, "ingestor", "no ingestor was heard"), "\(report.text)")
                    #expect(report.has(.problem, "health", "no heartbeat of an ingestor"), "\(report.text)")
                    #expect(report.has(.warning, "versions", "different releases (0.0.1: "), "\(report.text)")
                    // It said that it was sent in 1970.
                    #expect(report.has(.problem, "nodes", "the clock of edge-node other"), "\(report.text)")
                }
                await broker.close()
            }
        }

        @Test func aServerThatIsAwayIsNamedByItsSetting() async throws {
            let report = try await examine(
                ["REDIS_URL": "redis://:hidden@127.0.0.1:1", "BYBIT_WS_URL": "ws://127.0.0.1:1/v5/public/linear"],
                for: .ingestor,
                patience: .seconds(5)
            )
            #expect(report.status(isStrict: false) == 1)
            for check in ["broker", "redis"] {
                let finding = report.findings(check).first
                #expect(finding?.grade == .problem && finding?.place == "REDIS_URL, from the environment")
                #expect(finding?.what.contains("Connection refused") == true, "\(report.text)")
                #expect(finding?.advice?.isEmpty == false)
            }
            #expect(
                ["nodes", "ingestor", "health"].allSatisfy {
                    report.has(.note, $0, "not looked at: the broker is away")
                },
                "\(report.text)"
            )
            #expect(!report.text.contains("hidden"))
        }

        @Test func aServerThatWantsAPasswordSaysSo() async throws {
            try await RedisServer.with(["--requirepass", "secret"]) { server in
                let report = try await examine(["REDIS_URL": server.url], patience: .seconds(5))
                #expect(report.has(.problem, "redis", "NOAUTH"), "\(report.text)")
                #expect(report.findings("redis").first?.advice?.contains("user:password") == true, "\(report.text)")
                let right = "redis://:secret@127.0.0.1:\(server.port)"
                #expect(try await examine(["REDIS_URL": right]).has(.fine, "redis", "is Redis "))
            }
        }

        @Test func aHistoryThatMayBeThrownAwayIsAProblem() async throws {
            try await RedisServer.with(["--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru"]) { server in
                let report = try await examine(["REDIS_URL": server.url])
                #expect(report.has(.problem, "redis", "allkeys-lru"), "\(report.text)")
            }
        }

        @Test func whatIsNoRedisIsNot() async throws {
            try await KeyServer.with(.text("{}")) { server in
                let report = try await examine(
                    ["REDIS_URL": "redis://127.0.0.1:\(server.port)"],
                    patience: .seconds(5)
                )
                #expect(report.grades("redis").first == .problem, "\(report.text)")
                #expect(report.grades("broker") == [.problem], "\(report.text)")
            }
        }
    }
}
