import Foundation
import TestSupport
import Testing

/// `tidegate subscribe` when it is let go: whether it comes back, and what it tells of whom.
@Suite struct SubscribeEndingsTests {
    private static let secret = "a-secret-key"

    /// A gateway that behaves as the arguments say, and a client of it with a key in its address.
    private static func moody(
        _ scenario: Scenario,
        _ arguments: [String]
    ) async throws -> (server: RunningProcess, client: RunningProcess) {
        let server = try scenario.client("moody.py", arguments)
        let port = try Scenario.port(
            after: "port=",
            in: try await server.line(containing: "port=", within: .seconds(30))
        )
        let client = try scenario.start(
            BuiltProducts.executable("tidegate"),
            ["subscribe", "orders.user123", "--url", "ws://127.0.0.1:\(port)/ws/\(secret)"]
        )
        return (server, client)
    }

    @Test("What it has no words for it prints as the JSON that came")
    func otherKinds() async throws {
        try await Scenario.run(lanes: 0) { scenario in
            let (_, client) = try await Self.moody(scenario, ["4403"])
            #expect(try await client.exit(within: .seconds(30)) == .status(1), "\(client.tail)")
            #expect(
                client.snapshot.lines == [
                    #"00:00:00.000  orders.user123 #1  {"price": 1.50,  "side":"buy"}"#,
                    "00:00:00.000  typing.x  [1.0]",
                ],
                "\(client.tail)"
            )
        }
    }

    @Test("Let go for good, it ends with status 1 and the words", arguments: [4401, 4403, 1008])
    func letGo(code: Int) async throws {
        try await Scenario.run(lanes: 0) { scenario in
            let (server, client) = try await Self.moody(scenario, ["\(code)"])
            #expect(try await client.exit(within: .seconds(30)) == .status(1), "\(client.tail)")
            let words = "subscribe: closed by the server: \(code) enough; it does not come back unchanged"
            #expect(client.snapshot.errorLines.last == words, "\(client.tail)")
            #expect(!server.snapshot.lines.contains { $0.hasPrefix("asked") })
        }
    }

    @Test(
        "Refused when it comes back, it ends with status 1, and no address tells the key",
        arguments: [400, 401, 403]
    )
    func refused(status: Int) async throws {
        try await Scenario.run(lanes: 0) { scenario in
            let (_, client) = try await Self.moody(scenario, ["\(status)", "1"])
            #expect(try await client.exit(within: .seconds(30)) == .status(1), "\(client.tail)")
            let last = client.snapshot.errorLines.last { $0.hasPrefix("subscribe: ") } ?? ""
            #expect(
                last.contains("/ws/… answered HTTP \(status) instead of opening a WebSocket: not now: /ws/…"),
                "\(last)"
            )
            #expect(!client.snapshot.allLines.contains { $0.contains(Self.secret) }, "\(client.tail)")
        }
    }

    @Test("Told when to come again, it waits so long", arguments: [429, 503])
    func retryAfter(status: Int) async throws {
        try await Scenario.run(lanes: 0) { scenario in
            let (server, client) = try await Self.moody(scenario, ["\(status)", "3"])
            try await client.line(containing: "-- connecting again in 3 s", within: .seconds(30))
            let times = try await server.wait(for: "a second attempt", within: .seconds(30)) { state in
                let lines = state.lines.filter { $0.hasPrefix("asked after ") }
                return lines.count < 2 ? nil : lines.compactMap { Double($0.dropFirst("asked after ".count)) }
            }
            #expect(times[1] - times[0] >= 2.9, "\(times)")
            #expect(!client.snapshot.allLines.contains { $0.contains(Self.secret) }, "\(client.tail)")
        }
    }

    @Test("An API key may be given by itself, and not together with a token")
    func apiKey() async throws {
        try await Scenario.run(lanes: 0) { scenario in
            let tool = try BuiltProducts.executable("tidegate")
            let both = try scenario.start(tool, ["subscribe", "trade:X", "--api-key", Self.secret, "--token", "t"])
            #expect(try await both.exit(within: .seconds(60)) == .status(64), "\(both.tail)")
            #expect(both.snapshot.errorLines.first == "Error: give --token or --api-key, not both", "\(both.tail)")
            let wrong = try scenario.start(tool, ["subscribe", "trade:X", "--url", "http://x/ws/\(Self.secret)"])
            #expect(try await wrong.exit(within: .seconds(60)) == .status(1), "\(wrong.tail)")
            #expect(!wrong.snapshot.allLines.contains { $0.contains(Self.secret) }, "\(wrong.tail)")
        }
    }
}
