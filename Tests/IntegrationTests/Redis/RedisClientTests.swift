import Logging
import NIOCore
import RedisStores
import Stores
import Testing

extension RedisIntegration {
    @Suite("The client of a Redis server")
    struct RedisClientTests {
        @Test func commandsAreAnsweredInTheirOrder() async throws {
            try await RedisServer.with { server in
                let client = try server.client()
                let replies = try (0..<1000).map { number in
                    (number, client.submit(try RedisBatch(RedisCommand("ECHO", "\(number)"))))
                }
                for (number, reply) in replies {
                    #expect(try await reply.get() == [.bulk(ByteBuffer(string: "\(number)"))])
                }
                #expect(client.status == .connected)
                await client.close()
            }
        }

        @Test func aBatchIsAnsweredAsOneAndNothingComesBetween() async throws {
            try await RedisServer.with { server in
                let client = try server.client()
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    for number in 0..<50 {
                        tasks.addTask {
                            let commands = [
                                RedisCommand("MULTI"), RedisCommand("SET", "key", "\(number)"),
                                RedisCommand("GET", "key"),
                                RedisCommand("EXEC"),
                            ]
                            let replies = try await client.submit(RedisBatch(commands)).get()
                            #expect(replies.count == 4)
                            #expect(replies.last == .array([.simple("OK"), .bulk(ByteBuffer(string: "\(number)"))]))
                        }
                    }
                    try await tasks.waitForAll()
                }
                await client.close()
            }
        }

        @Test func anErrorReplyIsThrownWithRedissWords() async throws {
            try await RedisServer.with { server in
                let client = try server.client()
                let error = await #expect(throws: RedisError.self) {
                    try await client.send(RedisCommand("INCR", "a", "secret"))
                }
                #expect(
                    error?.description == "Redis refused INCR: ERR wrong number of arguments for 'incr' command"
                )
                #expect(try await client.send(RedisCommand("PING")) == .simple("PONG"))
                await client.close()
            }
        }

        @Test func theDatabaseOfTheAddressIsSelected() async throws {
            try await RedisServer.with { server in
                let client = try redisClient(server.url + "/3")
                _ = try await client.send(RedisCommand("SET", "here", "1"))
                #expect(try await server.command("EXISTS", "here") == .integer(0))
                await client.close()
                let beyond = try redisClient(server.url + "/99")
                let error = await #expect(throws: RedisError.self) { try await beyond.send(RedisCommand("PING")) }
                #expect(error?.description.contains("Redis refused SELECT: ERR DB index is out of range") == true)
                await beyond.close()
            }
        }

        @Test func anAnswerThatIsLateClosesTheConnectionAndTheNextOneWorks() async throws {
            try await RedisServer.with { server in
                let client = try server.client { $0.commandTimeout = .milliseconds(200) }
                _ = try await client.send(RedisCommand("PING"))
                server.freeze()
                let error = await #expect(throws: RedisError.self) { try await client.send(RedisCommand("PING")) }
                #expect(error?.description.contains("Redis did not answer PING within 200 ms") == true)
                server.goOn()
                try await client.isUp()
                #expect(try await client.send(RedisCommand("ECHO", "a")).text == "a")
                await client.close()
            }
        }

        @Test func aPeerThatDiedSilentlyIsFoundWhileNobodyAsks() async throws {
            try await RedisServer.with { server in
                let client = try server.client { limits in
                    limits.commandTimeout = .milliseconds(200)
                    limits.keepalive = .milliseconds(200)
                }
                _ = try await client.send(RedisCommand("PING"))
                server.freeze()
                try await client.isDown()
                server.goOn()
                try await client.isUp()
                await client.close()
            }
        }

        @Test func whatIsAwaitedIsBounded() async throws {
            try await RedisServer.with { server in
                let client = try server.client { $0.maximumPendingReplies = 10 }
                _ = try await client.send(RedisCommand("PING"))
                server.freeze()
                let batch = try RedisBatch((0..<6).map { _ in RedisCommand("PING") })
                let (first, second) = (client.submit(batch), client.submit(batch))
                let error = await #expect(throws: RedisError.self) { try await second.get() }
                #expect(error?.description.contains("Redis has yet to answer 6 commands") == true)
                server.goOn()
                #expect(try await first.get().count == 6)
                await client.close()
            }
        }

        @Test func afterItWasClosedItSaysSo() async throws {
            try await RedisServer.with { server in
                let client = try server.client()
                _ = try await client.send(RedisCommand("PING"))
                await client.close()
                await #expect(throws: RedisError.closed) { try await client.send(RedisCommand("PING")) }
                #expect(!client.status.isUsable)
                let list = try await server.command("CLIENT", "LIST").text ?? ""
                #expect(list.split(separator: "\n").count == 1)
            }
        }
    }
}
