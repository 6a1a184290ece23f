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
                ["hostile", "--url", gateway.clients, "--seconds", "8", "--honest", "5", "--json", "-"]
            )
            #expect(try await loadtest.exit(within: .seconds(40)) == .status(0), "\(loadtest.tail)")
            let text = loadtest.snapshot.lines.joined()
            let report = try JSONDecoder().decode(Report.self, from: Data(text.utf8))
            #expect(report.problems == [])
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
