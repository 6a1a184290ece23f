import Foundation
import TestSupport
import Testing

/// `tidegate subscribe` on a terminal.
@Suite struct SubscribeCommandTests {
    @Test("It prints what comes, as words and as JSON, and ends after --count messages")
    func count() async throws {
        try await Scenario.run { scenario in
            let gateway = try await scenario.gateway(upstream: "simulator")
            let words = try Self.subscribe(scenario, gateway, ["ticker:BTCUSDT", "--count", "5"])
            #expect(try await words.exit() == .status(0))
            #expect(words.snapshot.lines.count == 5)
            #expect(words.snapshot.lines.allSatisfy { $0.contains("ticker.BTCUSDT #") && $0.contains("SIMULATED") })
            #expect(words.snapshot.errorLines == ["-- subscribed to ticker:BTCUSDT"])

            let streams = ["ticker:BTCUSDT", "depth:ETHUSDT", "bogus:X", "--json", "--count", "20"]
            let json = try Self.subscribe(scenario, gateway, streams)
            #expect(try await json.exit() == .status(0))
            #expect(json.snapshot.lines.count == 20)
            for line in json.snapshot.lines {
                let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                #expect(object?["seq"] is Int && object?["data"] is [String: Any], "\(line)")
            }
            #expect(json.snapshot.errorLines.first?.hasPrefix("-- bogus:X: Invalid stream type: bogus.") == true)
            #expect(json.snapshot.errorLines.count == 2, "\(json.tail)")
        }
    }

    @Test("Nothing accepted, or nobody there: status 1 and the reason")
    func refusals() async throws {
        try await Scenario.run { scenario in
            let gateway = try await scenario.gateway(upstream: "simulator")
            let bad = try Self.subscribe(scenario, gateway, ["bogus:BTCUSDT"])
            #expect(try await bad.exit() == .status(1))
            #expect(bad.snapshot.lines.isEmpty)
            let reasons = bad.snapshot.errorLines
            #expect(reasons.first?.hasPrefix("-- bogus:BTCUSDT: Invalid stream type: bogus. Expected one of") == true)
            #expect(reasons.dropFirst() == ["subscribe: none of the streams was accepted"])

            try await scenario.stop(gateway.process)
            let alone = try Self.subscribe(scenario, gateway, ["ticker:BTCUSDT"])
            #expect(try await alone.exit() == .status(1))
            #expect(alone.snapshot.lines.isEmpty && alone.snapshot.errorLines.count == 1, "\(alone.tail)")
            #expect(alone.snapshot.errorLines.first?.contains("127.0.0.1:\(gateway.port)") == true, "\(alone.tail)")
        }
    }

    @Test("Streams that all turn out to be refused end it with status 1, as does a request that is refused whole")
    func lateRefusals() async throws {
        try await Scenario.run { scenario in
            let simulator = try await scenario.simulator()
            let gateway = try await scenario.gateway(
                upstream: simulator.exchange,
                environment: Scenario.withoutInstruments
            )
            let unknown = try Self.subscribe(scenario, gateway, ["ticker:NOPEUSDT", "trade:NOPEUSDT"])
            #expect(try await unknown.exit() == .status(1))
            #expect(unknown.snapshot.errorLines.last == "subscribe: none of the streams was accepted")

            let many = (0...100).map { "ticker:S\($0)USDT" }
            let refused = try Self.subscribe(scenario, gateway, many)
            #expect(try await refused.exit() == .status(1))
            #expect(refused.snapshot.errorLines.first == "-- LIMIT_EXCEEDED: Max 100 subscriptions allowed")
        }
    }

    @Test("A reader that goes away ends it quietly")
    func closedPipe() async throws {
        try await Scenario.run { scenario in
            let gateway = try await scenario.gateway(upstream: "simulator")
            let tool = try BuiltProducts.executable("tidegate")
            let command = "'\(tool)' subscribe --url \(gateway.clients) ticker:BTCUSDT"
            let pipeline = try scenario.start("/bin/bash", ["-c", "\(command) | head -n 1; echo ${PIPESTATUS[0]}"])
            #expect(try await pipeline.exit() == .status(0))
            #expect(pipeline.snapshot.lines.count == 2 && pipeline.snapshot.lines.last == "0", "\(pipeline.tail)")
            #expect(pipeline.snapshot.errorLines == ["-- subscribed to ticker:BTCUSDT"])
        }
    }

    @Test("It comes back when the gateway does")
    func reconnects() async throws {
        try await Scenario.run { scenario in
            let gateway = try await scenario.gateway(upstream: "simulator")
            let follower = try Self.subscribe(scenario, gateway, ["ticker:BTCUSDT"])
            try await follower.line(containing: "ticker.BTCUSDT #")
            try await scenario.stop(gateway.process)
            try await follower.line(containing: "-- connecting again in")
            #expect(follower.snapshot.errorLines.contains("-- the gateway is going away"))
            _ = try await scenario.gateway(upstream: "simulator", port: gateway.port)
            let before = try await follower.wait(for: "another subscription") { state in
                state.errorLines.count { $0.hasPrefix("-- subscribed to") } == 2 ? state.lines.count : nil
            }
            try await follower.wait(for: "more data") { $0.lines.count > before + 3 ? true : nil }
            #expect(!follower.snapshot.errorLines.contains { $0.contains("expected sequence") }, "\(follower.tail)")
        }
    }

    private static func subscribe(
        _ scenario: Scenario,
        _ gateway: Server,
        _ arguments: [String]
    ) throws -> RunningProcess {
        try scenario.start(
            BuiltProducts.executable("tidegate"),
            ["subscribe", "--url", gateway.clients] + arguments
        )
    }
}
