import Foundation
import TestSupport
import Testing

/// The scripts of `loadtest/k6`, with k6 itself.
@Suite struct K6Tests {
    @Test("stream.js and resume.js run with k6, get messages, and find every sequence contiguous and every resume good")
    func scripts() async throws {
        try await Scenario.run { scenario in
            let gateway = try await scenario.gateway(upstream: "simulator")
            for (script, metric) in [("stream.js", "tidegate_messages"), ("resume.js", "tidegate_recovered")] {
                let run = try await k6(script, streams: "ticker.btc_usdt,trades.btc_usdt", gateway, scenario)
                #expect(run.exit == .status(0), "\(run.output)")
                #expect(try #require(run.metrics[metric]).moves, "\(run.output)")
            }
        }
    }

    @Test("A stream that the gateway refuses makes k6 end with a failure")
    func failure() async throws {
        try await Scenario.run { scenario in
            let gateway = try await scenario.gateway(upstream: "simulator")
            // The status for thresholds that were crossed.
            #expect(try await k6("stream.js", streams: "nonsense", gateway, scenario).exit == .status(99))
        }
    }

    private struct Summary: Decodable {
        struct Metric: Decodable {
            var count: Int?
            var passes: Int?
            var fails: Int?

            /// A counter that counted, or a rate of which all are good.
            var moves: Bool { count ?? passes ?? 0 > 0 && fails ?? 0 == 0 }
        }

        var metrics: [String: Metric]
    }

    private func k6(
        _ script: String,
        streams: String,
        _ gateway: Server,
        _ scenario: Scenario
    ) async throws -> (exit: RunningProcess.Exit, metrics: [String: Summary.Metric], output: String) {
        let summary = FileManager.default.temporaryDirectory.appending(path: "k6-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: summary) }
        let process = try scenario.start(
            BuiltProducts.tool("k6"),
            [
                "run", "--quiet", "--no-usage-report", "--address", "", "--vus", "3", "--duration", "2s",
                "--summary-export", summary.path, "-e", "URL=\(gateway.clients)", "-e", "STREAMS=\(streams)",
                "-e", "STAY=0.7",
                BuiltProducts.packageRoot.appending(path: "loadtest/k6/\(script)").path,
            ]
        )
        let exit = try await process.exit(within: .seconds(30))
        let metrics = try JSONDecoder().decode(Summary.self, from: Data(contentsOf: summary)).metrics
        return (exit, metrics, process.tail)
    }
}
