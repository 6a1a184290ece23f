import NIOCore
import Testing

@testable import BybitSimulator

/// Faults over real sockets, by call and over HTTP.
@Suite(.timeLimit(.minutes(10)))
struct FaultTests {
    @Test
    func dropClosesWithoutACloseFrame() async throws {
        try await withSimulator { simulator, port in
            let client = try await TestClient.connect(port: port)
            await simulator.statistics { $0.connections == 1 }
            #expect(try await PlainHTTP.request("POST", "/faults/drop", port: port).contains("{\"ok\":true}"))
            #expect(try await client.next() == .ended)
            await simulator.statistics { $0.connections == 0 }
            let again = try await TestClient.connect(port: port)
            #expect(try await again.subscribe("tickers.BTCUSDT")["success"] as? Bool == true)
        }
    }

    @Test
    func dropOfATopicClosesOnlyWhoHasIt() async throws {
        try await withSimulator { simulator, port in
            let client = try await TestClient.connect(port: port)
            let other = try await TestClient.connect(port: port)
            _ = try await client.subscribe("tickers.BTCUSDT")
            _ = try await other.subscribe("tickers.ETHUSDT")
            #expect(await simulator.topicsOfConnections().count == 2)
            #expect(await simulator.inject(.dropConnections(topic: "tickers.XRPUSDT")) == false)
            let answer = try await PlainHTTP.request("POST", "/faults/drop?topic=tickers.BTCUSDT", port: port)
            #expect(answer.contains("{\"ok\":true}"))
            await simulator.statistics { $0.connections == 1 }
            #expect(await simulator.topicsOfConnections() == [["tickers.ETHUSDT"]])
        }
    }

    @Test
    func stallSendsNothingThenStartsAnew() async throws {
        try await withSimulator({ $0.rate = 100 }) { simulator, port in
            let client = try await TestClient.connect(port: port)
            _ = try await client.subscribe("orderbook.50.BTCUSDT")
            _ = try await client.frame { $0.text("type") == "delta" }
            let begin = ContinuousClock.now
            await simulator.inject(.stall(.milliseconds(400)))
            try await client.ping("x")
            try await client.send(#"{"req_id":"late","op":"ping"}"#)
            // What was on its way before the stall may still arrive; after it, a new snapshot comes first.
            let first = try await client.frame { $0.text("type") == "snapshot" }
            #expect(ContinuousClock.now - begin >= .milliseconds(400))
            var book = ClientBook()
            try book.apply(first)
            // The late answer and the deltas come in either order.
            var isAnswered = false
            var deltas = 0
            while !isAnswered || deltas < 3 {
                let frame = try await client.frame()
                if frame.text("req_id") == "late" {
                    isAnswered = true
                } else {
                    try book.apply(frame)
                    deltas += 1
                }
            }
        }
    }

    @Test
    func stallLeavesNewConnectionsAlone() async throws {
        try await withSimulator { simulator, port in
            let client = try await TestClient.connect(port: port)
            await simulator.statistics { $0.connections == 1 }
            let answer = try await PlainHTTP.request("POST", "/faults/stall?seconds=3600", port: port)
            #expect(answer.contains("{\"ok\":true}"))
            try await client.ping("nobody answers")
            let other = try await TestClient.connect(port: port)
            #expect(try await other.subscribe("tickers.BTCUSDT")["success"] as? Bool == true)
            #expect(try await other.frame().text("type") == "snapshot")
            await simulator.inject(.dropConnections())
            #expect(try await client.next() == .ended)
        }
    }

    @Test
    func garbageComesInTurn() async throws {
        try await withSimulator { simulator, port in
            let client = try await TestClient.connect(port: port)
            await simulator.statistics { $0.connections == 1 }
            await simulator.inject(.garbage(.all))
            for preset in Garbage.Preset.allCases { #expect(try await client.next() == .text(preset.frame)) }
            await simulator.inject(.garbage(.text("{")))
            #expect(try await client.next() == .text("{"))
            let text = try await PlainHTTP.request("POST", "/faults/garbage?kind=not-json", port: port)
            #expect(text.contains("{\"ok\":true}"))
            #expect(try await client.next() == .text(Garbage.Preset.notJSON.frame))
            #expect(JSON.object(Garbage.Preset.truncated.frame).isEmpty)
            #expect(JSON.object(Garbage.Preset.numericPrice.frame).object("data")["lastPrice"] is Double)
        }
    }

    @Test
    func oversizedFramesAreAsLongAsAsked() async throws {
        try await withSimulator { simulator, port in
            let client = try await TestClient.connect(port: port)
            await simulator.statistics { $0.connections == 1 }
            await simulator.inject(.oversized(bytes: 3_000_000))
            guard case .text(let text) = try await client.next() else {
                Issue.record("no text")
                return
            }
            #expect(text.utf8.count == 3_000_000)
            #expect(JSON.object(text).text("topic") == "tickers.BTCUSDT")
        }
    }

    @Test
    func restartedBooksBeginAtOne() async throws {
        try await withSimulator { simulator, port in
            let client = try await TestClient.connect(port: port)
            _ = try await client.subscribe("orderbook.50.BTCUSDT", "orderbook.50.ETHUSDT")
            _ = try await client.frame { $0.text("type") == "delta" }
            let path = "/faults/restart-book?symbol=BTCUSDT"
            #expect(try await PlainHTTP.request("POST", path, port: port).contains("{\"ok\":true}"))
            let snapshot = try await client.frame { $0.object("data").int("u") == 1 }
            #expect(snapshot.text("type") == "snapshot" && snapshot.text("topic") == "orderbook.50.BTCUSDT")
            let next = try await client.frame { $0.text("topic") == "orderbook.50.BTCUSDT" }
            #expect(next.text("type") == "delta" && next.object("data").int("u") == 2)
            #expect(await simulator.inject(.restartBook(symbol: nil)))
            _ = try await client.frame { $0.text("topic") == "orderbook.50.ETHUSDT" && $0.object("data").int("u") == 1 }
            #expect(await simulator.inject(.restartBook(symbol: "NOPE")) == false)
        }
    }

    @Test
    func subscriptionsFailForAWhileInWordsThatNameNoTopicAlsoOnNewConnections() async throws {
        try await withSimulator { simulator, port in
            let path = "/faults/refuse-subscriptions?seconds=3600"
            #expect(try await PlainHTTP.request("POST", path, port: port).contains("{\"ok\":true}"))
            let client = try await TestClient.connect(port: port)
            let answer = try await client.subscribe("tickers.BTCUSDT")
            #expect(answer["success"] as? Bool == false && answer["ret_msg"] as? String == "error:system busy")
            await simulator.inject(.refuseSubscriptions(.zero))
            #expect(try await client.subscribe("tickers.BTCUSDT")["success"] as? Bool == true)
        }
    }

    @Test
    func answersComeSoMuchLaterAsIsAskedFor() async throws {
        try await withSimulator { simulator, port in
            let client = try await TestClient.connect(port: port)
            await simulator.inject(.delayAnswers(.milliseconds(150)))
            let begin = ContinuousClock.now
            _ = try await client.subscribe("tickers.BTCUSDT")
            #expect(ContinuousClock.now - begin >= .milliseconds(150))
        }
    }

    @Test
    func upgradesAreRefusedWithRetryAfter() async throws {
        try await withSimulator { simulator, port in
            await simulator.inject(.refuseUpgrades(.seconds(3_600), retryAfter: "7"))
            let answer = try await PlainHTTP.request("GET", "/v5/public/linear", port: port)
            #expect(answer.contains("429 Too Many Requests") && answer.contains("Retry-After: 7"))
            await #expect(throws: (any Error).self) { try await TestClient.connect(port: port) }
            await simulator.inject(.refuseUpgrades(.zero))
            let client = try await TestClient.connect(port: port)
            #expect(try await client.subscribe("tickers.BTCUSDT")["success"] as? Bool == true)
        }
    }

    @Test
    func clientsThatReadTooSlowlyAreDisconnected() async throws {
        try await withSimulator { simulator, port in
            let client = try await TestClient.connect(port: port)
            await simulator.statistics { $0.connections == 1 }
            try await client.channel.setOption(.autoRead, value: false).get()
            await simulator.inject(.oversized(bytes: Fault.maximumOversize))
            await simulator.inject(.oversized(bytes: Fault.maximumOversize))
            let statistics = await simulator.statistics { $0.connections == 0 }
            #expect(statistics.slowConnectionsClosed == 1)
        }
    }
}
