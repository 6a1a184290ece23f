import NIOCore
import NIOPosix
import NIOSSL
import NIOWebSocket
import TestSupport
import Testing

@testable import Platform

@Suite("The WebSocket client over TLS", .timeLimit(.minutes(10)))
struct WebSocketClientTLSTests {
    private let events = Inbox<RecordingDelegate.Event>()

    private func connect(to server: ScriptedWebSocketServer, trusting roots: NIOSSLTrustRoots) async throws {
        let client = WebSocketClient(
            group: .singletonMultiThreadedEventLoopGroup,
            connectTimeout: .seconds(5),
            trustRoots: roots
        )
        let url = try WebSocketURL("wss://localhost:\(server.port)/ws")
        let channel = try await client.connect(to: url) { [events] _ in RecordingDelegate(events) }
        try await channel.close()
    }

    @Test func aServerWithATrustedCertificateForTheNameIsHeard() async throws {
        let certificate = try TestCertificate()
        let hello = WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(string: "hello"))
        let server = try await ScriptedWebSocketServer(.upgrade([hello]), certificate: certificate)
        let trusted = NIOSSLTrustRoots.certificates([certificate.certificate])
        let client = WebSocketClient(group: .singletonMultiThreadedEventLoopGroup, trustRoots: trusted)
        let channel = try await client.connect(to: WebSocketURL("wss://localhost:\(server.port)/ws")) { [events] _ in
            RecordingDelegate(events)
        }
        #expect(await events.elements(atLeast: 2) == [.opened, .received("hello")])
        try await channel.close()
        try await server.stop()
    }

    @Test func aCertificateThatNobodyVouchesForIsRefusedInWords() async throws {
        let server = try await ScriptedWebSocketServer(.upgrade([]), certificate: TestCertificate())
        let error = await #expect(throws: WebSocketClientError.self) {
            try await connect(to: server, trusting: .default)
        }
        #expect(error.map { "\($0)" }?.contains("its certificate is not trusted here") == true)
        try await server.stop()
    }

    @Test func aCertificateForAnotherNameIsRefused() async throws {
        let certificate = try TestCertificate()
        let server = try await ScriptedWebSocketServer(.upgrade([]), certificate: certificate)
        let client = WebSocketClient(
            group: .singletonMultiThreadedEventLoopGroup,
            trustRoots: .certificates([certificate.certificate])
        )
        // The certificate is for localhost, and this is an address.
        await #expect(throws: WebSocketClientError.self) {
            _ = try await client.connect(to: WebSocketURL("wss://127.0.0.1:\(server.port)/ws")) { [events] _ in
                RecordingDelegate(events)
            }
        }
        try await server.stop()
    }
}
