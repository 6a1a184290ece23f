import TestSupport
import Testing

/// `tidegate bench`, where it runs other processes: small, for what it says and not for how fast it is.
@Suite struct BenchCommandTests {
    @Test(
        "Clients that come back are all live again, and the node that they come to says the same",
        arguments: ["resume", "resume-es256"]
    )
    func resume(_ measurement: String) async throws {
        try await Scenario.run { scenario in
            let bench = try Self.bench(scenario, [measurement, "--clients", "40", "--rounds", "1"])
            #expect(try await bench.exit(within: .seconds(60)) == .status(0), "\(bench.tail)")
            let lines = bench.snapshot.lines
            #expect(lines.contains { $0.contains("of 40 clients 40 resumed, 0 not recovered") }, "\(bench.tail)")
        }
    }

    @Test("A node lets in clients with each kind of credential, and tokens a second time")
    func handshakes() async throws {
        try await Scenario.run { scenario in
            let bench = try Self.bench(scenario, ["handshakes", "--clients", "20", "--rounds", "1"])
            #expect(try await bench.exit(within: .seconds(60)) == .status(0), "\(bench.tail)")
            let figures = bench.snapshot.lines.filter { $0.contains(" a second of CPU time") }
            let names = figures.compactMap { $0.split(separator: ":").first }.map { $0.drop { $0 == " " } }
            let tokens = ["HS256", "ES256", "EdDSA"].flatMap { ["\($0), first time", "\($0), remembered"] }
            #expect(names.map(String.init) == ["anonymous"] + tokens + ["API key"], "\(bench.tail)")
        }
    }

    @Test("The way through a cluster is measured in percentiles")
    func cluster() async throws {
        try await Scenario.run { scenario in
            let bench = try Self.bench(scenario, ["latency-redis", "--symbols", "10", "--seconds", "1"])
            #expect(try await bench.exit(within: .seconds(60)) == .status(0), "\(bench.tail)")
            #expect(bench.snapshot.lines.last?.contains("p99.9") == true, "\(bench.tail)")
        }
    }

    @Test("Without a server that it needs it says which, and that is no failure")
    func skipped() async throws {
        try await Scenario.run { scenario in
            let bench = try Self.bench(scenario, ["redis"], environment: ["PATH": "/nowhere"])
            #expect(try await bench.exit() == .status(0), "\(bench.tail)")
            #expect(bench.snapshot.lines.last == "  skipped: redis-server is not installed on this machine")
        }
    }

    private static func bench(
        _ scenario: Scenario,
        _ arguments: [String],
        environment: [String: String] = [:]
    ) throws -> RunningProcess {
        let program = try BuiltProducts.executable("tidegate")
        return try scenario.start(program, ["bench", "--only"] + arguments, environment: environment)
    }
}
