import Foundation
import Logging
import NIOCore
import NIOWebSocket
import ServiceLifecycle
import Testing

@testable import BybitSimulator

/// The simulator over real sockets.
@Suite(.timeLimit(.minutes(10)))
struct ServerTests {
    @Test
    func acknowledgesThenSendsASnapshotThenDeltas() async throws {
        try await withSimulator { simulator, port in
            let client = try await TestClient.connect(port: port)
            let begin = ContinuousClock.now
            let acknowledgement = try await client.subscribe("tickers.BTCUSDT", "orderbook.50.ETHUSDT")
            #expect(acknowledgement["success"] as? Bool == true)
            #expect(acknowledgement.text("ret_msg") == "" && acknowledgement.text("req_id") == "s")
            let first = try await client.frame()
            #expect(ContinuousClock.now - begin >= .milliseconds(45))
            #expect(first.text("topic") == "tickers.BTCUSDT" && first.text("type") == "snapshot")
            let book = try await client.frame { $0.text("topic") == "orderbook.50.ETHUSDT" }
            #expect(book.text("type") == "snapshot")
            var merged = ClientBook()
            try merged.apply(book)
            for _ in 0..<5 {
                try merged.apply(try await client.frame { $0.text("topic") == "orderbook.50.ETHUSDT" })
            }
            let statistics = await simulator.statistics()
            #expect(statistics.topics == ["orderbook.50.ETHUSDT", "tickers.BTCUSDT"])
            #expect(statistics.connections == 1 && statistics.requests == 1 && statistics.framesSent > 6)
            await client.close()
            await simulator.statistics { $0.connections == 0 && $0.topics.isEmpty }
        }
    }

    @Test
    func answersPingsOfBothKindsAndCloses() async throws {
        try await withSimulator { _, port in
            let client = try await TestClient.connect(port: port)
            try await client.ping("are you there")
            #expect(try await client.next() == .pong("are you there"))
            try await client.send(#"{"op":"ping"}"#)
            let pong = try await client.frame()
            #expect(pong.text("ret_msg") == "pong" && pong.text("op") == "ping" && pong.text("req_id") == "")
            var payload = ByteBuffer()
            payload.write(webSocketErrorCode: .normalClosure)
            try await client.channel.writeAndFlush(
                WebSocketFrame(fin: true, opcode: .connectionClose, maskKey: .random(), data: payload)
            )
            #expect(try await client.next() == .close)
            #expect(try await client.next() == .ended)
        }
    }

    @Test
    func stopsATopicWhenUnsubscribed() async throws {
        try await withSimulator({ $0.rate = 100 }) { simulator, port in
            let client = try await TestClient.connect(port: port)
            _ = try await client.subscribe("tickers.BTCUSDT", "tickers.ETHUSDT")
            _ = try await client.frame { $0.text("topic") == "tickers.BTCUSDT" }
            try await client.send(#"{"req_id":"u","op":"unsubscribe","args":["tickers.BTCUSDT"]}"#)
            _ = try await client.frame { $0.text("op") == "unsubscribe" }
            for _ in 0..<20 { #expect(try await client.frame().text("topic") == "tickers.ETHUSDT") }
            #expect(await simulator.statistics().topics == ["tickers.ETHUSDT"])
        }
    }

    @Test
    func unsubscribingBeforeTheFirstDataPreventsIt() async throws {
        try await withSimulator { _, port in
            let client = try await TestClient.connect(port: port)
            _ = try await client.subscribe("tickers.BTCUSDT")
            try await client.send(#"{"op":"unsubscribe","args":["tickers.BTCUSDT"]}"#)
            _ = try await client.frame { $0.text("op") == "unsubscribe" }
            _ = try await client.subscribe("tickers.ETHUSDT")
            #expect(try await client.frame().text("topic") == "tickers.ETHUSDT")
        }
    }

    @Test
    func closesAfterAMessageThatIsTooLong() async throws {
        try await withSimulator { simulator, port in
            let client = try await TestClient.connect(port: port)
            try? await client.send(String(repeating: " ", count: WebSocketSessionHandler.maximumMessage + 1))
            await simulator.statistics { $0.connectionsEver == 1 && $0.connections == 0 }
        }
    }

    @Test
    func otherPathsAreNotFound() async throws {
        try await withSimulator { _, port in
            let upgrade =
                "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            for path in ["/v5/public/spot", "/v5/public/linear/x", "/"] {
                let answer = try await PlainHTTP.request("GET", path, headers: upgrade, port: port)
                #expect(!answer.hasPrefix("HTTP/1.1 101"))
                if path != "/" { #expect(answer.hasPrefix("HTTP/1.1 404") && answer.contains("\"ok\":false")) }
            }
            let missing = try await PlainHTTP.request("GET", "/v5/public/spot", port: port)
            #expect(missing.hasPrefix("HTTP/1.1 404") && missing.contains("\"ok\":false"))
            #expect(try await PlainHTTP.request("GET", "/", port: port).contains("/v5/public/linear"))
            let stats = try await PlainHTTP.request("GET", "/stats", port: port)
            let body = try #require(stats.components(separatedBy: "\r\n\r\n").last)
            #expect(JSON.object(body).int("connections") == 0)
        }
    }

    @Test
    func replaysARecordingByteForByte() async throws {
        let lines = (0..<5).map { #"{"topic":"tickers.X",  "type":"delta","ts":\#(1_000 + $0 * 20)}"# }
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).jsonl")
        try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        try await withSimulator({ $0.frames = [file.path] }) { _, port in
            let client = try await TestClient.connect(port: port)
            #expect(try await client.subscribe("tickers.BTCUSDT")["success"] as? Bool == false)
            let begin = ContinuousClock.now
            _ = try await client.subscribe("tickers.X")
            for line in lines { #expect(try await client.next() == .text(line)) }
            #expect(ContinuousClock.now - begin >= .milliseconds(45 + 80))
            // Nothing after the end but answers.
            try await client.send(#"{"op":"ping"}"#)
            #expect(try await client.frame().text("ret_msg") == "pong")
        }
    }

    @Test
    func saysWhatIsWrongWithItsConfiguration() async throws {
        try await withSimulator { _, port in
            await expect(.cannotListen(host: "127.0.0.1", port: port, reason: "the port is in use")) { $0.port = port }
        }
        await expect(.invalidSymbols(0)) { $0.symbols = 0 }
        await expect(.invalidSymbols(10_001)) { $0.symbols = 10_001 }
        await expect(.invalidRate(0)) { $0.rate = 0 }
        await expect(.invalidRate(1_001)) { $0.rate = 1_001 }
        await expect(.invalidPort(70_000)) { $0.port = 70_000 }
        await expect(.unreadableFrames(path: "/nowhere", reason: "no such file")) { $0.frames = ["/nowhere"] }
    }

    private func expect(_ error: SimulatorError, _ configure: (inout SimulatorConfiguration) -> Void) async {
        await #expect(throws: error) { try await withSimulator(configure) { _, _ in } }
    }

    @Test
    func runsUntilGracefulShutdown() async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let simulator = BybitSimulator(configuration: SimulatorConfiguration(), logger: logger)
        let port = try await simulator.start()
        let group = ServiceGroup(services: [simulator], logger: logger)
        async let running: Void = group.run()
        let client = try await TestClient.connect(port: port)
        await simulator.statistics { $0.connections == 1 }
        await group.triggerGracefulShutdown()
        try await running
        #expect(try await client.next() == .close)
        #expect(try await client.next() == .ended)
        await simulator.stop()
        await #expect(throws: SimulatorError.stopped) { try await simulator.start() }
    }
}
