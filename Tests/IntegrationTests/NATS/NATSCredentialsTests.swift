import Foundation
import NATSStores
import NIOCore
import StoreContracts
import Stores
import TestSupport
import Testing

extension NATSIntegration {
    @Suite("NATS servers that know their users by signed tokens")
    struct NATSCredentialsTests {
        private typealias Sample = ContractPublications
        private let log = CollectedLog()

        @Test func aCredentialsFileLetsInAndIsReadAnewForEachConnection() async throws {
            let (first, second) = (NATSOperator(), NATSOperator())
            try await withCredentials(first.credentials()) { file in
                try await NATSServer.with(first.settings()) { server in
                    let broker = try broker(server, file)
                    try await broker.isUp()
                    let receiver = CollectingReceiver()
                    let subscriber = broker.attach(receiver)
                    let stream = Sample.freshStream()
                    try await subscriber.subscribe(to: stream)
                    try await broker.publish([Sample.publication(stream, 1)])
                    #expect(await receiver.publications(atLeast: 1) == [Sample.publication(stream, 1)])

                    // Keys are changed: the server is told first, then the file is replaced.
                    server.stop()
                    try await broker.isDown()
                    try await server.start(second.settings())
                    _ = await log.line("Authorization Violation")
                    #expect(!broker.status.isUsable)
                    try second.credentials().write(to: file, atomically: true, encoding: .utf8)
                    try await broker.isUp()
                    _ = await receiver.losses(atLeast: 1)
                    try await broker.publish([Sample.publication(stream, 2)])
                    #expect(await receiver.publications(atLeast: 2).last == Sample.publication(stream, 2))
                    await broker.close()
                }
            }
        }

        @Test func whoHasNoneOrThoseOfAnotherIsRefusedWithTheReason() async throws {
            let ours = NATSOperator()
            try await withCredentials(NATSOperator().credentials()) { foreign in
                try await NATSServer.with(ours.settings()) { server in
                    for file in [foreign.path, nil] {
                        let log = CollectedLog()
                        let address = "nats://127.0.0.1:\(server.port)"
                        let broker = try natsBroker(address, credentialsFile: file, logger: log)
                        _ = await log.line("Authorization Violation")
                        #expect(!broker.status.isUsable)
                        await broker.close()
                    }
                }
            }
        }

        @Test func aFileThatHoldsSomethingElseIsSaidAtTheStart() async throws {
            let whole = try NATSOperator().credentials()
            for text in ["", "user: ada\n", String(whole.prefix(200)), String(whole.prefix(whole.count - 60))] {
                try await withCredentials(text) { file in
                    let failure = #expect(throws: NATSError.self) {
                        try natsBroker("nats://localhost", credentialsFile: file.path)
                    }
                    let line = failure?.description ?? ""
                    #expect(
                        line.contains("could not read the credentials in \(file.path): it has not a JWT and a seed")
                    )
                    #expect(line.contains("NATS_CREDENTIALS") && !line.contains("ada"))
                }
            }
        }

        @Test func aFileThatIsSpoiledLaterIsSaidWhenItIsNextNeeded() async throws {
            let ours = NATSOperator()
            let credentials = try ours.credentials()
            try await withCredentials(credentials) { file in
                try await NATSServer.with(ours.settings()) { server in
                    let broker = try broker(server, file)
                    try await broker.isUp()
                    try "".write(to: file, atomically: true, encoding: .utf8)
                    #expect(broker.status == .connected, "it is not needed while the connection is up")
                    server.stop()
                    _ = await log.line("it has not a JWT and a seed")
                    try credentials.write(to: file, atomically: true, encoding: .utf8)
                    try await until { !broker.status.description.contains("credentials") }
                    // And once more, while the server is away.
                    try "".write(to: file, atomically: true, encoding: .utf8)
                    try await until { broker.status.description.contains("it has not a JWT and a seed") }
                    try await server.start(ours.settings())
                    try credentials.write(to: file, atomically: true, encoding: .utf8)
                    try await broker.isUp()
                    await broker.close()
                }
            }
        }

        @Test func whatAUserMayNotPublishIsSaid() async throws {
            let ours = NATSOperator()
            try await withCredentials(ours.credentials(publishing: "elsewhere.>")) { file in
                try await NATSServer.with(ours.settings()) { server in
                    let broker = try broker(server, file)
                    try await broker.isUp()
                    try? await broker.publish([Sample.publication(Sample.freshStream(), 1)])
                    _ = await log.line("Permissions Violation")
                    await broker.close()
                }
            }
        }

        private func until(_ condition: () -> Bool) async throws {
            while !condition() { try await Task.sleep(for: .milliseconds(10)) }
        }

        private func broker(_ server: NATSServer, _ file: URL) throws -> NATSBroker {
            try natsBroker("nats://127.0.0.1:\(server.port)", credentialsFile: file.path, logger: log)
        }

        private func withCredentials(_ text: String, _ body: (URL) async throws -> Void) async throws {
            let file = FileManager.default.temporaryDirectory.appending(path: "tidegate-\(UUID().uuidString).creds")
            try text.write(to: file, atomically: true, encoding: .utf8)
            defer { try? FileManager.default.removeItem(at: file) }
            try await body(file)
        }
    }
}
