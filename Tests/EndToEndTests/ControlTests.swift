import Crypto
import Foundation
import TestSupport
import Testing

/// `tidegate publish` and `tidegate revoke` at a gateway of processes of its own, over each broker.
@Suite struct ControlTests {
    private static let key = "k1:0123456789abcdef0123456789abcdef"
    private static let sent =
        "sent to all nodes; a node that can't check it counts tidegate_revocations_refused_total"

    @Test("What is published by hand is numbered, kept, signed, and acknowledged", arguments: ["redis", "nats"])
    func publish(broker: String) async throws {
        try await Scenario.run { scenario in
            let cluster = try await ControlCluster(scenario, broker)
            defer { cluster.remove() }
            let single = try cluster.command(["publish", "alerts.x"], input: #"{"n": 1}"#)
            #expect(try await single.exit(within: .seconds(30)) == .status(0), "\(single.tail)")
            #expect(single.snapshot.lines.first?.hasPrefix("alerts.x #1 epoch=") == true, "\(single.tail)")

            let client = try scenario.client("signed.py", [cluster.node.http, "alerts.x", "3", "k2", "k1"])
            try await client.line(containing: "subscribed")
            let lines = "{\"n\":2}\n\n  {\"n\":3}\n[\"é\"]"
            let many = try cluster.command(["publish", "alerts.x", "--lines"], input: lines)
            #expect(try await many.exit(within: .seconds(30)) == .status(0), "\(many.tail)")
            let numbers = many.snapshot.lines.map { $0.prefix { $0 != " " } + $0.dropFirst(8).prefix { $0 != "e" } }
            #expect(numbers == ["alerts.x #2 ", "alerts.x #3 ", "alerts.x #4 "], "\(many.tail)")
            try await scenario.succeeds(client)
            #expect(client.snapshot.lines.last?.contains(#""signers": ["k2"]"#) == true, "\(client.tail)")

            for (stream, input, status, words) in Self.refusals {
                let command = try cluster.command(["publish", stream], input: input)
                #expect(try await command.exit(within: .seconds(30)) == .status(status), "\(command.tail)")
                #expect(command.snapshot.lines.isEmpty && command.snapshot.errorLines.count == 1, "\(command.tail)")
                #expect(command.snapshot.errorLines.first?.contains(words) == true, "\(command.tail)")
            }
            let partly = try cluster.command(["publish", "alerts.x", "--lines"], input: "{}\n{\n{}")
            #expect(try await partly.exit(within: .seconds(30)) == .status(3), "\(partly.tail)")
            #expect(partly.snapshot.lines.count == 1)
            #expect(
                partly.snapshot.errorLines.first?.hasPrefix("publish: line 2, after 1 that were acknowledged: ")
                    == true,
                "\(partly.tail)"
            )
        }
    }

    private static let refusals: [(stream: String, input: String, status: Int32, words: String)] = [
        ("nothing.x", "{}", 3, "'nothing.x' is no stream of this gateway. It was not published"),
        ("ticker.BTCUSDT", "{}", 3, "comes from the exchange: nobody else may publish there"),
        ("alerts.x", "{", 3, "the data is not one JSON value"),
        ("alerts.x", "", 3, "there is no data"),
        ("alerts", "{}", 3, "'alerts' is no name of a stream"),
        ("alerts.x", "\"\(String(repeating: "x", count: 300_000))\"", 3, "262144 are taken"),
    ]

    @Test("Without a leader, with another key, or without a broker it says so, each with its status")
    func nobodyThere() async throws {
        try await Scenario.run { scenario in
            let cluster = try await ControlCluster(scenario, "redis")
            defer { cluster.remove() }
            let other = ["CONTROL_KEY": "another key of thirty-two bytes.."]
            let cases: [([String: String?], Int32, String)] = [
                (other, 4, "an ingestor leads and does not answer: it has no CONTROL_KEY or another one"),
                (["CONTROL_KEY": nil], 2, "CONTROL_KEY is not set"),
                (["REDIS_URL": nil, "BROKER_URL": nil, "HISTORY_URL": nil], 2, "goes over the gateway's broker"),
                (["REDIS_URL": "redis://127.0.0.1:1"], 1, "the broker can't be reached"),
            ]
            for (environment, status, words) in cases {
                let command = try cluster.command(
                    ["publish", "alerts.x", "--timeout", "3"],
                    input: "{}",
                    environment: environment
                )
                #expect(try await command.exit(within: .seconds(30)) == .status(status), "\(command.tail)")
                #expect(command.snapshot.errorLines.last?.contains(words) == true, "\(command.tail)")
            }
            for broker in ["redis://127.0.0.1:1", "nats://127.0.0.1:1"] {
                let away = try cluster.command(
                    ["publish", "alerts.x", "--timeout", "1"],
                    input: "{}",
                    environment: ["BROKER_URL": broker]
                )
                #expect(try await away.exit(within: .seconds(30)) == .status(1), "\(away.tail)")
                let words = away.snapshot.errorLines.last ?? ""
                #expect(words.hasPrefix("publish: the broker can't be reached: "), "\(away.tail)")
                #expect(words.hasSuffix(". Nothing was published"), "\(away.tail)")
            }
            try await scenario.stop(cluster.ingestor)
            let alone = try cluster.command(["publish", "alerts.x", "--timeout", "2"], input: "{}")
            #expect(try await alone.exit(within: .seconds(30)) == .status(4), "\(alone.tail)")
            #expect(alone.snapshot.errorLines.last?.contains("no ingestor leads") == true, "\(alone.tail)")
        }
    }

    @Test("A revocation is heard by all nodes, and remembered for those that come later", arguments: ["redis", "nats"])
    func revoke(broker: String) async throws {
        try await Scenario.run { scenario in
            let cluster = try await ControlCluster(scenario, broker)
            defer { cluster.remove() }
            let command = try cluster.command(["revoke", "--user", "u1", "--for", "1h"], input: "")
            #expect(try await command.exit(within: .seconds(30)) == .status(0), "\(command.tail)")
            #expect(command.snapshot.lines == [Self.sent, "remembered for 3600 s"])
            try await cluster.node.process.line(containing: "access was revoked")
        }
    }

    @Test(
        "A token may be given whole: who has shown it is let go for good, and it stands nowhere",
        arguments: ["redis", "nats"]
    )
    func revokeWholeToken(broker: String) async throws {
        try await Scenario.run { scenario in
            let secret = "0123456789abcdef0123456789abcdef"
            let cluster = try await ControlCluster(scenario, broker, node: ["JWT_SECRET": secret])
            defer { cluster.remove() }
            // With an id and without one.
            for more in [#","jti":"session-7""#, ""] {
                let token = Self.token(more, secret)
                let arguments = ["subscribe", "ticker:BTCUSDT", "--url", cluster.node.clients, "--token", token]
                let client = try cluster.command(arguments, input: "")
                try await client.line(containing: "-- subscribed to", within: .seconds(30))
                let command = try cluster.command(["revoke", "--token", token, "--for", "1h"], input: "")
                #expect(try await command.exit(within: .seconds(30)) == .status(0), "\(command.tail)")
                #expect(command.snapshot.lines == [Self.sent, "remembered for 3600 s"])
                #expect(try await client.exit(within: .seconds(30)) == .status(1), "\(client.tail)")
                #expect(
                    client.snapshot.errorLines.last?.contains("closed by the server: 4403") == true,
                    "\(client.tail)"
                )
                let again = try cluster.command(arguments, input: "")
                #expect(try await again.exit(within: .seconds(30)) == .status(1), "\(again.tail)")
                #expect(again.snapshot.allLines.contains { $0.contains("HTTP 401") }, "\(again.tail)")
                for process in [client, command, again, cluster.node.process] {
                    #expect(!process.snapshot.allLines.contains { $0.contains(token.suffix(30)) }, "\(process.tail)")
                }
            }
        }
    }

    @Test("A credential in the wrong place is refused, and not echoed")
    func misplacedCredentials() async throws {
        try await Scenario.run(lanes: 0) { scenario in
            let tool = try BuiltProducts.executable("tidegate")
            let key = "tg_" + String(repeating: "k", count: 43)
            for option in ["--key", "--token", "--user"] {
                let command = try scenario.start(tool, ["revoke", option, key])
                #expect(try await command.exit(within: .seconds(60)) == .status(64), "\(command.tail)")
                #expect(
                    command.snapshot.errorLines.first?.hasPrefix("Error: that is an API key") == true,
                    "\(command.tail)"
                )
                #expect(!command.snapshot.allLines.contains { $0.contains(key) })
            }
        }
    }

    private static func token(_ more: String, _ secret: String) -> String {
        func text(_ data: some Sequence<UInt8>) -> String {
            Data(data).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing(
                "=",
                with: ""
            )
        }
        let now = Int(Date.now.timeIntervalSince1970)
        let claims = #"{"sub":"alice","iat":\#(now),"exp":\#(now + 3600)\#(more)}"#
        let content = text(Array(#"{"alg":"HS256"}"#.utf8)) + "." + text(Array(claims.utf8))
        let code = HMAC<SHA256>.authenticationCode(
            for: Array(content.utf8),
            using: SymmetricKey(data: Array(secret.utf8))
        )
        return content + "." + text(code)
    }
}
