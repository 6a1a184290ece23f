import Foundation
import TestSupport
import Testing

/// `loadtest hostile`, shortened, against a whole gateway.
@Suite struct HostileTests {
    @Test("Hostile clients cost a gateway little memory and honest clients nothing")
    func gateway() async throws {
        try await Scenario.run(lanes: 2) { scenario in
            let simulator = try await scenario.simulator()
            let gateway = try await scenario.gateway(upstream: simulator.exchange)
            let loadtest = try scenario.start(
                BuiltProducts.executable("loadtest"),
                [
                    "hostile", "--url", gateway.clients, "--seconds", "8", "--honest", "5", "--json", "-",
                    "--kinds", "steady,pipelined,pings,resumes,symbols,waiting",
                ]
            )
            let report = try await Self.report(of: loadtest)
            #expect(report.honest.messages > 100 && report.honest.untold == 0 && report.honest.served > 0)
            #expect(report.honest.quiet.age != nil && report.honest.hostile.age != nil)
            #expect(report.memory.peak >= report.memory.before)
            #expect(report.crews.count == 6)
            for crew in report.crews {
                #expect(crew.bytesSent > 0, "\(crew.kind)")
                #expect(crew.ended.values.reduce(0, +) == crew.connections, "what became of each is told: \(crew.kind)")
            }
            try await scenario.stop(gateway.process)
        }
    }

    @Test("Slow heads and frames, half-open connections, tiny frames and broken pings are let go, and harm nobody")
    func slowloris() async throws {
        try await Scenario.run(lanes: 2) { scenario in
            let simulator = try await scenario.simulator()
            // Six times the timeout, where a client may be behind: 8 s.
            let gateway = try await scenario.gateway(
                upstream: simulator.exchange,
                environment: ["HANDSHAKE_TIMEOUT": "2", "CLIENT_PING_INTERVAL": "2", "CLIENT_PING_TIMEOUT": "1"]
            )
            let loadtest = try scenario.start(
                BuiltProducts.executable("loadtest"),
                [
                    "hostile", "--url", gateway.clients, "--seconds", "20", "--honest", "5", "--json", "-",
                    "--kinds", "heads,frames,half-open,tiny,fragments",
                ]
            )
            let report = try await Self.report(of: loadtest)
            let crews = Dictionary(uniqueKeysWithValues: report.crews.map { ($0.kind, $0) })
            for kind in ["heads", "frames", "half-open", "fragments"] {
                let ended = crews[kind]?.ended.keys.filter { $0 != "stayed" } ?? []
                #expect(!ended.isEmpty, "the node lets none of \(kind) go")
            }
            #expect(crews["fragments"]?.ended["1002"] != nil)
            // Frames of seven bytes: it reads them, and does not just let them wait.
            #expect((crews["tiny"]?.bytesSent ?? 0) > 50_000)
            try await scenario.stop(gateway.process)
        }
    }

    private static func report(of loadtest: RunningProcess) async throws -> Report {
        #expect(try await loadtest.exit(within: .seconds(120)) == .status(0), "\(loadtest.tail)")
        let text = loadtest.snapshot.lines.joined()
        let report = try JSONDecoder().decode(Report.self, from: Data(text.utf8))
        #expect(report.problems == [])
        #expect(report.honest.hostile.pong != nil)
        return report
    }

    private struct Report: Decodable {
        struct Memory: Decodable {
            let before: Int
            let peak: Int
        }

        struct Time: Decodable {
            let p99: Int
        }

        struct Times: Decodable {
            let age: Time?
            let pong: Time?
        }

        struct Honest: Decodable {
            let messages: Int
            let untold: Int
            let served: Int
            let quiet: Times
            let hostile: Times
        }

        struct Crew: Decodable {
            let kind: String
            let connections: Int
            let bytesSent: Int
            let ended: [String: Int]
        }

        let memory: Memory
        let honest: Honest
        let crews: [Crew]
        let problems: [String]
    }
}
