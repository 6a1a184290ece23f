import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// The programs as an operator meets them: pages, signals, and one clear line about what is wrong.
@Suite struct ProgramsTests {
    @Test("The ingestor: its pages answer and count, SIGTERM ends it well")
    func ingestor() async throws {
        try await Scenario.run { scenario in
            let simulator = try await scenario.simulator()
            let redis = try FreePort()
            redis.close()
            let server = try scenario.start(
                "/usr/bin/env",
                ["redis-server", "--port", "\(redis.number)", "--save", ""]
            )
            _ = try await server.line(containing: "Ready to accept connections")
            let environment = [
                "ADMIN_PORT": "0", "BYBIT_WS_URL": simulator.exchange, "REDIS_URL": "redis://127.0.0.1:\(redis.number)",
            ]
            let process = try scenario.start(BuiltProducts.executable("ingestor"), [], environment: environment)
            let port = try await Self.port(of: process, line: "admin pages")
            try await scenario.run(client: "ingestor.py", ["http://127.0.0.1:\(port)", simulator.http])
            try await scenario.stop(process)
        }
    }

    @Test("The edge node: its pages answer, SIGTERM and SIGINT end it well", arguments: [SIGTERM, SIGINT])
    func edgeNode(signal: Int32) async throws {
        try await Scenario.run { scenario in
            let process = try scenario.start(
                BuiltProducts.executable("edge-node"),
                [],
                environment: Self.alone.merging(["PORT": "0"]) { $1 }
            )
            let port = try await Self.port(of: process, line: "listening")
            try await scenario.run(client: "pages.py", ["http://127.0.0.1:\(port)"])
            try await scenario.stop(process, signal: signal)
        }
    }

    /// A Redis that nobody has: programs live without it, and say so.
    private static let alone = ["BROKER_URL": "redis://127.0.0.1:1", "HISTORY_URL": "none"]

    private static let mistakes: [(program: String, environment: [String: String], words: [String])] = [
        ("edge-node", ["PORT": "eighty"], ["PORT", "eighty"]),
        ("edge-node", ["PORT": "65536", "CLIENT_IDLE_TIMEOUT": "soon"], ["PORT", "CLIENT_IDLE_TIMEOUT"]),
        ("edge-node", ["ECHO_PATH": "/ws"], ["ECHO_PATH"]),
        ("ingestor", ["BYBIT_WS_URL": "http://example.org"], ["BYBIT_WS_URL", "http://example.org"]),
        (
            "ingestor", ["BYBIT_WS_URL": "wss://stream.bybit.com/v5/public/option"],
            ["BYBIT_WS_URL", "Bybit's feed of option, which can't be read"]
        ),
        ("ingestor", ["ADMIN_PORT": "-1"], ["ADMIN_PORT"]),
        ("tidegate standalone", ["MAX_CLIENTS_TOTAL": "0"], ["MAX_CLIENTS_TOTAL"]),
        ("tidegate standalone", ["LOG_LEVEL": "loud"], ["LOG_LEVEL", "loud"]),
        ("tidegate standalone", ["TIDEGATE_CONFIG": "/nowhere/tidegate.yaml"], ["/nowhere/tidegate.yaml"]),
    ]

    @Test("A setting that is wrong ends the program with status 2 and a line for each", arguments: mistakes.indices)
    func wrongSettings(index: Int) async throws {
        let mistake = Self.mistakes[index]
        try await Scenario.run(lanes: 0) { scenario in
            let process = try Self.start(scenario, mistake.program, mistake.environment)
            #expect(try await process.exit() == .status(2), "\(process.tail)")
            let lines = process.snapshot.errorLines
            #expect(lines.count == mistake.environment.count && process.snapshot.lines.isEmpty, "\(process.tail)")
            for word in mistake.words { #expect(lines.contains { $0.contains(word) }, "\(word) in \(lines)") }
        }
    }

    @Test(
        "A document that is wrong ends each program, and the check of the settings, with status 2 and its line",
        arguments: ["ingestor", "edge-node", "tidegate standalone", "tidegate settings --check"]
    )
    func wrongDocument(program: String) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "document-\(UUID().uuidString).yaml").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("version: 1\nstreems: []\n".utf8).write(to: URL(filePath: path))
        try await Scenario.run(lanes: 0) { scenario in
            let process = try Self.start(scenario, program, ["TIDEGATE_DOCUMENT": path])
            #expect(try await process.exit() == .status(2), "\(process.tail)")
            let lines = process.snapshot.allLines
            #expect(lines.count == 1, "\(process.tail)")
            #expect(
                lines.first?.hasPrefix("document \(path): line 2: streems is not known; did you mean streams?") == true,
                "\(lines)"
            )
        }
    }

    @Test("A port that no machine has is not taken for another", arguments: ["--port=99999", "--port=-1"])
    func impossiblePort(option: String) async throws {
        try await Scenario.run(lanes: 0) { scenario in
            let process = try Self.start(scenario, "tidegate standalone --upstream simulator \(option)", [:])
            #expect(try await process.exit() == .status(64), "\(process.tail)")
            #expect(process.snapshot.errorLines.first == "Error: --port must be 0 to 65535", "\(process.tail)")
        }
    }

    @Test("A feed of the exchange that can't be read is refused on the command line too")
    func unreadableFeed() async throws {
        try await Scenario.run(lanes: 0) { scenario in
            let address = "wss://stream.bybit.com/v5/public/option"
            let process = try Self.start(scenario, "tidegate standalone --upstream \(address)", [:])
            #expect(try await process.exit() == .status(64), "\(process.tail)")
            let line =
                "Error: --upstream \(address) is Bybit's feed of option, which can't be read; linear, inverse and spot can"
            #expect(process.snapshot.errorLines.first == line, "\(process.tail)")
        }
    }

    private static let listeners: [(program: String, setting: String)] = [
        ("edge-node", "PORT"), ("ingestor", "ADMIN_PORT"), ("tidegate standalone --upstream simulator", "PORT"),
    ]

    @Test("A port that is in use: one line that says what to do, and status 1", arguments: listeners.indices)
    func portInUse(index: Int) async throws {
        let listener = Self.listeners[index]
        let port = try FreePort()
        defer { port.close() }
        try await Scenario.run(lanes: 0) { scenario in
            let process = try Self.start(
                scenario,
                listener.program,
                Self.alone.merging([listener.setting: "\(port.number)", "LOG_LEVEL": "error"]) { $1 }
            )
            #expect(try await process.exit() == .status(1), "\(process.tail)")
            let lines = process.snapshot.allLines
            #expect(lines.count == 1, "\(process.tail)")
            #expect(lines.first?.contains(":\(port.number): ") == true, "\(lines)")
            #expect(lines.first?.contains("set \(listener.setting) to a free port") == true, "\(lines)")
        }
    }

    private static func start(
        _ scenario: Scenario,
        _ program: String,
        _ environment: [String: String]
    ) throws -> RunningProcess {
        let words = program.split(separator: " ").map(String.init)
        return try scenario.start(BuiltProducts.executable(words[0]), Array(words[1...]), environment: environment)
    }

    private static func port(of process: RunningProcess, line: String) async throws -> Int {
        try Scenario.port(after: "address=", in: try await process.line(containing: line))
    }
}
