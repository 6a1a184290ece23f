import Core
import NATSStores
import NIOCore
import StoreContracts
import Stores
import TestSupport
import Testing

extension NATSIntegration {
    @Suite("NATS servers that are away, and those that refuse")
    struct NATSOutageTests {
        private typealias Sample = ContractPublications
        private let log = CollectedLog()

        @Test func afterARestartTheSubscriptionsAreBackAndTheLossIsTold() async throws {
            try await NATSServer.with { server in
                let broker = try server.broker()
                try await broker.isUp()
                let streams = (0..<1500).map { _ in Sample.freshStream() }
                let receiver = CollectingReceiver()
                let subscriber = broker.attach(receiver)
                try await subscriber.subscribe(to: streams)
                try await subscriber.listen(on: .heartbeat)
                server.stop()
                try await broker.isDown()
                let start = ContinuousClock.now
                await #expect(throws: NATSError.self) { try await broker.publish([Sample.publication(streams[0], 1)]) }
                await #expect(throws: NATSError.self) { try await subscriber.subscribe(to: Sample.freshStream()) }
                #expect(ContinuousClock.now - start < .milliseconds(500))
                try await server.start()
                #expect(await receiver.losses(atLeast: 1) == [.everything])
                #expect(broker.reconnects == 1)
                try await broker.publish(streams.map { Sample.publication($0, 2) })
                try await broker.send(ByteBuffer(string: "beat"), on: .heartbeat)
                let heard = await receiver.publications(atLeast: 1500)
                #expect(heard.count == 1500)
                #expect(heard.allSatisfy { $0.position.sequence == 2 }, "nothing was kept to burst out later")
                #expect(await receiver.messages(atLeast: 1).map(\.text) == ["beat"])
                await broker.close()
            }
        }

        @Test func aServerThatComesLaterIsConnectedTo() async throws {
            let server = try NATSServer()
            defer { server.remove() }
            let broker = try server.broker(logger: log)
            let receiver = CollectingReceiver()
            let subscriber = broker.attach(receiver)
            let stream = Sample.freshStream()
            try await subscriber.listen(on: .demand)
            await #expect(throws: NATSError.self) { try await subscriber.subscribe(to: stream) }
            await #expect(throws: NATSError.self) { try await broker.publish([Sample.publication(stream, 0)]) }
            #expect(broker.status.description.contains("No server available"))
            try await server.start()
            try await broker.isUp()
            _ = await receiver.losses(atLeast: 1)
            try await subscriber.subscribe(to: stream)
            try await broker.send(ByteBuffer(string: "here"), on: .demand)
            try await broker.publish([Sample.publication(stream, 1)])
            #expect(await receiver.messages(atLeast: 1).map(\.text) == ["here"])
            #expect(await receiver.publications(atLeast: 1) == [Sample.publication(stream, 1)])
            await broker.close()
        }

        @Test func aWrongPasswordIsSaidInWordsAndTriedUntilItIsRight() async throws {
            let (right, other) = ("authorization { user: ada, password: lovelace }", "authorization { token: x }")
            try await NATSServer.with(other) { server in
                let broker = try server.broker("ada:lovelace@", logger: log)
                let receiver = CollectingReceiver()
                let subscriber = broker.attach(receiver)
                try await subscriber.listen(on: .heartbeat)
                _ = await log.lines(atLeast: 1)
                #expect(broker.status.description.contains("Authorization Violation"), "\(broker.status)")
                server.stop()
                try await server.start(right)
                try await broker.isUp()
                _ = await receiver.losses(atLeast: 1)
                let stream = Sample.freshStream()
                try await subscriber.subscribe(to: stream)
                // Refused at a reconnect, cnats gives its connection up.
                server.stop()
                try await server.start(other)
                while !broker.status.description.contains("uthoriz") { try await Task.sleep(for: .milliseconds(5)) }
                try await Task.sleep(for: .seconds(1))
                server.stop()
                try await server.start(right)
                _ = await receiver.losses(atLeast: 2)
                try await broker.publish([Sample.publication(stream, 1)])
                try await broker.send(ByteBuffer(string: "beat"), on: .heartbeat)
                #expect(await receiver.publications(atLeast: 1) == [Sample.publication(stream, 1)])
                #expect(await receiver.messages(atLeast: 1).map(\.text) == ["beat"])
                #expect(!log.lines.contains { $0.contains("lovelace") })
                await broker.close()
            }
        }

        @Test func aPasswordMayHaveAnyCharacter() async throws {
            try await NATSServer.with(#"authorization { user: "a b", password: "p@s:s/%w,ü'\\\"" }"#) { server in
                let broker = try server.broker("a%20b:p%40s%3As%2F%25w%2C%C3%BC'%5C%22@", logger: log)
                try await broker.isUp()
                await broker.close()
            }
        }

        @Test func aSubscriptionThatTheServerForbidsIsSaidInItsWords() async throws {
            let user = "{ user: ada, password: x, permissions: { subscribe: \"t.control.>\", publish: \"t.>\" } }"
            try await NATSServer.with("authorization { users = [ \(user) ] }") { server in
                let broker = try server.broker("ada:x@", logger: log)
                try await broker.isUp()
                try await broker.attach(CollectingReceiver()).subscribe(to: StreamName(canonical: "ticker.BTCUSDT"))
                let lines = await log.lines(atLeast: 2)
                #expect(lines.contains { $0.contains("t.live.ticker.BTCUSDT") && $0.contains("Permissions Violation") })
                await broker.close()
            }
        }

        @Test func aServerThatHasStoppedReadingHoldsNobodyUp() async throws {
            try await NATSServer.with { server in
                let broker = try server.broker(logger: log) { limits in
                    limits.answerTimeout = .milliseconds(300)
                    limits.pingInterval = .milliseconds(300)
                }
                try await broker.isUp()
                let receiver = CollectingReceiver()
                let subscriber = broker.attach(receiver)
                let stream = Sample.freshStream()
                try await subscriber.subscribe(to: stream)
                // Longer than all times: pings keep a quiet connection.
                try await Task.sleep(for: .seconds(1))
                #expect(broker.status == .connected)
                var batch = Sample.publications(stream, 1...40)
                for index in batch.indices { batch[index].data = ByteBuffer(repeating: 0x20, count: 900_000) }
                server.freeze()
                let start = ContinuousClock.now
                await #expect(throws: NATSError.self) { try await broker.publish(batch) }
                await #expect(throws: NATSError.self) { try await subscriber.subscribe(to: Sample.freshStream()) }
                try await subscriber.unsubscribe(from: Sample.freshStream())
                try await broker.isDown()
                #expect(ContinuousClock.now - start < .seconds(3))
                server.goOn()
                #expect(await receiver.losses(atLeast: 1) == [.everything])
                try await broker.publish([Sample.publication(stream, 41)])
                while receiver.publications.last != Sample.publication(stream, 41) {
                    try await Task.sleep(for: .milliseconds(5))
                }
                await broker.close()
            }
        }

        /// Also where it is the question whether all has come that a full socket does not take.
        @Test func whatAFullSocketDoesNotTakeIsNotConfirmed() async throws {
            try await NATSServer.with { server in
                let broker = try server.broker(logger: log) { limits in
                    limits.answerTimeout = .milliseconds(10)
                    // Not found dead by them before the socket is full.
                    limits.pingInterval = .seconds(600)
                }
                try await broker.isUp()
                // Less than cnats' own buffer: it goes out with the question.
                var publication = Sample.publication(Sample.freshStream(), 1)
                publication.data = ByteBuffer(repeating: 0x20, count: 30_000)
                server.freeze()
                var confirmed = 0
                while broker.status == .connected {
                    do {
                        try await broker.publish([publication])
                        confirmed += 1
                    } catch is NATSError {}
                }
                #expect(confirmed == 0)
                server.goOn()
                await broker.close()
            }
        }

        @Test func overTLSTheCertificateMustBeTrustedAndForTheName() async throws {
            let certificate = try TestCertificateFiles()
            defer { certificate.remove() }
            let settings = """
                tls { cert_file: "\(certificate.certificate)", key_file: "\(certificate.key)" }
                authorization { user: ada, password: lovelace }
                """
            try await NATSServer.with(settings) { server in
                let url = "tls://ada:lovelace@localhost:\(server.port)"
                let trusting = try natsBroker(url, caFile: certificate.certificate)
                try await trusting.isUp()
                try await trusting.send(ByteBuffer(string: "x"), on: .demand)
                await trusting.close()
                let asked = try natsBroker(url.replacing("tls", with: "nats"), caFile: certificate.certificate)
                try await asked.isUp()
                await asked.close()
                for (url, file) in [
                    (url, nil), (url.replacing("localhost", with: "127.0.0.1"), certificate.certificate),
                    (url.replacing("tls", with: "nats"), nil),
                ] {
                    let log = CollectedLog()
                    let broker = try natsBroker(url, caFile: file, logger: log)
                    let line = await log.lines(atLeast: 1).first ?? ""
                    #expect(line.contains("reason=SSL handshake error"), "\(line)")
                    #expect(!line.contains("lovelace"))
                    #expect(!broker.status.isUsable)
                    await broker.close()
                }
            }
        }

        @Test func aServerWithoutTLSIsRefusedWhereTLSIsAskedFor() async throws {
            try await NATSServer.with("authorization { token: sesame }") { server in
                let broker = try natsBroker("tls://sesame@localhost:\(server.port)", logger: log)
                #expect(await log.lines(atLeast: 1).first?.contains("Secure Connection not available") == true)
                await broker.close()
                let plain = try server.broker("sesame@")
                try await plain.isUp()
                await plain.close()
            }
        }

        @Test func aFileThatCannotBeReadIsSaidAtOnce() throws {
            let authorities = #expect(throws: StoreCertificateError.self) {
                try natsBroker("tls://localhost", caFile: "/nowhere/ca.pem")
            }
            #expect(authorities?.description.contains("can't read certificates from /nowhere/ca.pem") == true)
            let credentials = #expect(throws: NATSError.self) {
                try natsBroker("nats://localhost", credentialsFile: "/nowhere/user.creds")
            }
            #expect(credentials?.description.contains("could not read the credentials in /nowhere/user.creds") == true)
        }
    }
}
