import Foundation
import TestSupport
import Testing

/// A private stream from an OpenID provider's token to its owner, over each broker.
@Suite struct PrivateStreamsTests {
    private struct Provider: Decodable {
        var issuer: String
        var audience: String
        var tokens: [String: String]
    }

    @Test("Only its owner is given a private stream, at any node, with resume", arguments: ["redis", "nats"])
    func fromTheProviderToTheOwner(broker: String) async throws {
        try await Scenario.run { scenario in
            let login = try scenario.start(
                BuiltProducts.python(),
                ["-u", SharedScript.openIDProvider, "alice", "bob"]
            )
            let line = try await login.line(containing: "\"issuer\"", within: .seconds(60))
            let provider = try JSONDecoder().decode(Provider.self, from: Data(line.utf8))
            let tokens = [
                "OIDC_ISSUER": provider.issuer, "JWT_AUDIENCE": provider.audience,
                "RESUME_TOKEN_KEY": "a key that both nodes have",
            ]
            let cluster = try await ControlCluster(scenario, broker, node: tokens)
            defer { cluster.remove() }
            let second = try await cluster.startNode(tokens)
            let (alice, bob) = (try #require(provider.tokens["alice"]), try #require(provider.tokens["bob"]))
            let clients = [cluster.node.clients, second.clients]
            let script = try scenario.client("private.py", clients + [alice, bob])
            try await script.line(containing: "subscribed", within: .seconds(60))
            try await publish(1, cluster)
            try await publish(2, cluster)
            script.send(line: "published")
            try await script.line(containing: "gone", within: .seconds(60))
            try await publish(3, cluster)
            script.send(line: "published")
            try await scenario.succeeds(script, within: .seconds(120))
            // The tokens were shown in addresses and headers, and stand nowhere.
            for node in [cluster.node.process, second.process] {
                let lines = node.snapshot.lines + node.snapshot.errorLines
                #expect(!lines.contains { $0.contains(alice.suffix(40)) || $0.contains(bob.suffix(40)) })
            }
        }
    }

    private func publish(_ number: Int, _ cluster: ControlCluster) async throws {
        let command = try cluster.command(["publish", "orders.alice"], input: "{\"n\":\(number)}")
        #expect(try await command.exit(within: .seconds(60)) == .status(0), "\(command.tail)")
    }
}
