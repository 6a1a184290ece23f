import Foundation
import Logging
import NIOCore
import RedisStores
import Stores
import TestSupport
import Testing

extension RedisIntegration {
    @Suite("The client of a Redis server that is away")
    struct RedisReconnectTests {
        @Test func aServerThatIsAwayAtTheStartIsConnectedToWhenItComes() async throws {
            let server = try RedisServer()
            defer { server.stop() }
            let log = CollectedLog()
            let client = try server.client(logger: log.logger)
            let error = await #expect(throws: RedisError.self) { try await client.send(RedisCommand("PING")) }
            #expect(error?.description == "no connection to redis://127.0.0.1:\(server.port): Connection refused")
            #expect(client.status == .disconnected(reason: error?.description ?? ""))
            try await server.start()
            try await client.isUp()
            #expect(try await client.send(RedisCommand("PING")) == .simple("PONG"))
            let lines = await log.lines(atLeast: 2)
            #expect(lines.count == 2, "one line however often it was tried")
            #expect(lines.first?.contains("no connection to Redis; trying again until there is one") == true)
            #expect(lines.first?.contains("Connection refused") == true)
            #expect(lines.last?.contains("connected to Redis again") == true)
            await client.close()
        }

        @Test func aRestartedServerIsConnectedToAgain() async throws {
            try await RedisServer.with { server in
                let client = try server.client()
                _ = try await client.send(RedisCommand("PING"))
                #expect(client.reconnects == 0, "the first connection is none")
                server.stop()
                try await client.isDown()
                let start = ContinuousClock.now
                await #expect(throws: RedisError.self) { try await client.send(RedisCommand("PING")) }
                #expect(ContinuousClock.now - start < .milliseconds(500), "without a connection it fails at once")
                try await server.start()
                try await client.isUp()
                #expect(try await client.send(RedisCommand("PING")) == .simple("PONG"))
                #expect(client.reconnects == 1, "however often it was tried")
                await client.close()
            }
        }

        @Test func whatWasSentAndNotAnsweredFailsWhenTheConnectionBreaks() async throws {
            try await RedisServer.with { server in
                let client = try server.client()
                _ = try await client.send(RedisCommand("PING"))
                server.freeze()
                let answer = client.submit(try RedisBatch(RedisCommand("PING")))
                // It has been sent when its loop comes to what was asked for later.
                try await answer.eventLoop.submit {}.get()
                server.stop()
                let error = await #expect(throws: RedisError.self) { try await answer.get() }
                #expect(
                    error?.description.hasPrefix("the connection to redis://127.0.0.1:\(server.port) was lost") == true
                )
                await client.close()
            }
        }

        @Test(arguments: [
            ("redis://:wrong-sesame@", "WRONGPASS"), ("redis://ada:wrong-sesame@", "WRONGPASS"), ("redis://", "NOAUTH"),
        ])
        func aWrongPasswordIsSaidAndNeverShown(_ scheme: String, _ words: String) async throws {
            try await RedisServer.with(["--requirepass", "open"]) { server in
                let log = CollectedLog()
                let client = try redisClient("\(scheme)127.0.0.1:\(server.port)", logger: log.logger)
                let error = await #expect(throws: RedisError.self) { try await client.send(RedisCommand("PING")) }
                #expect(error?.description.contains(words) == true)
                let lines = await log.lines(atLeast: 1)
                #expect(lines.count == 1 && lines[0].contains(words))
                #expect(!(lines + ["\(client.status)", "\(error as Any)"]).joined().contains("sesame"))
                await client.close()
            }
        }

        @Test func passwordAndUserAreGiven() async throws {
            let arguments = [
                "--requirepass", "open/it", "--user", "ada", "on", ">lovelace", "~*", "&*", "+@all", "-client",
            ]
            try await RedisServer.with(arguments) { server in
                for (login, name) in [(":open%2Fit", "default"), ("ada:lovelace", "ada")] {
                    let client = try redisClient("redis://\(login)@127.0.0.1:\(server.port)")
                    #expect(try await client.send(RedisCommand("ACL", "WHOAMI")).text == name)
                    await client.close()
                }
            }
        }

        @Test func overTLSTheCertificateMustBeTrustedAndForTheName() async throws {
            let certificate = try TestCertificateFiles()
            defer { certificate.remove() }
            let arguments = [
                "--port", "0", "--tls-port", "PORT", "--tls-cert-file", certificate.certificate, "--tls-key-file",
                certificate.key, "--tls-ca-cert-file", certificate.certificate, "--tls-auth-clients", "no",
            ]
            try await RedisServer.with(arguments) { server in
                let trusting = try redisClient("rediss://localhost:\(server.port)", caFile: certificate.certificate)
                #expect(try await trusting.send(RedisCommand("PING")) == .simple("PONG"))
                await trusting.close()
                for (url, file) in [("localhost", nil), ("127.0.0.1", certificate.certificate)] {
                    let client = try redisClient("rediss://\(url):\(server.port)", caFile: file)
                    let error = await #expect(throws: RedisError.self) { try await client.send(RedisCommand("PING")) }
                    #expect(error?.description.contains("its certificate is not trusted here") == true, "\(url)")
                    await client.close()
                }
                let plain = try redisClient("redis://localhost:\(server.port)")
                await #expect(throws: RedisError.self) { try await plain.send(RedisCommand("PING")) }
                await plain.close()
            }
        }

        @Test func aFileOfAuthoritiesThatCannotBeReadIsSaidAtOnce() throws {
            let error = #expect(throws: StoreCertificateError.self) {
                try redisClient("rediss://localhost", caFile: "/nowhere/ca.pem")
            }
            #expect(error?.description.contains("can't read certificates from /nowhere/ca.pem") == true)
        }
    }
}
