import Foundation
import Synchronization
import TestSupport
import Testing

/// The processes of one test. All are ended with the test, however it ends; when it fails, their last lines are told.
final class Scenario: Sendable {
    /// A gateway that never hears which instruments there are: names are for the exchange to refuse.
    static let withoutInstruments = ["BYBIT_REST_URL": "http://127.0.0.1:1"]

    private let processes = Mutex<[RunningProcess]>([])

    private init() {}

    /// - Parameter lanes: 0 for a scenario that hardly uses the machine, more than there are for one that needs it whole.
    static func run(lanes: Int = 1, _ body: (Scenario) async throws -> Void) async throws {
        if lanes > 0 { await Lanes.shared.take(lanes) }
        defer { if lanes > 0 { Lanes.shared.giveBack(lanes) } }
        let scenario = Scenario()
        do {
            try await body(scenario)
        } catch {
            let tails = scenario.processes.withLock { $0 }.map(\.tail)
            await scenario.endAll()
            Issue.record("\(error)\n\(tails.joined(separator: "\n"))")
            return
        }
        await scenario.endAll()
    }

    @discardableResult
    func start(
        _ executable: String,
        _ arguments: [String],
        environment: [String: String] = [:]
    ) throws -> RunningProcess {
        // Nothing of the environment that the tests happen to run in may set anything.
        let inherited = ["PATH", "HOME", "LD_LIBRARY_PATH", "TMPDIR"]
        let base = ProcessInfo.processInfo.environment.filter { inherited.contains($0.key) }
        let process = try RunningProcess(executable, arguments, environment: base.merging(environment) { $1 })
        processes.withLock { $0.append(process) }
        return process
    }

    /// The exchange's stand-in, listening.
    func simulator(_ arguments: [String] = ["--symbols", "4"], port: Int = 0) async throws -> Server {
        let process = try start(
            BuiltProducts.executable("tidegate"),
            ["simulate", "--port", "\(port)"] + arguments
        )
        let line = try await process.line(containing: "simulator listening")
        return Server(process: process, port: try Self.port(after: "port=", in: line))
    }

    /// `tidegate standalone`, listening. It comes back to a lost exchange quickly, unless told otherwise.
    func gateway(
        upstream: String,
        port: Int = 0,
        environment: [String: String] = [:],
        within limit: Duration = .seconds(10)
    ) async throws -> Server {
        let quick = ["BYBIT_RECONNECT_DELAY_INITIAL": "0.1", "BYBIT_RECONNECT_DELAY_MAX": "0.2"]
        let process = try start(
            BuiltProducts.executable("tidegate"),
            ["standalone", "--upstream", upstream, "--port", "\(port)"],
            environment: quick.merging(environment) { $1 }
        )
        let line = try await process.line(containing: "edge-node: listening", within: limit)
        return Server(process: process, port: try Self.port(after: "address=", in: line))
    }

    /// A client in Python: `script` with arguments. Its own deadline ends it; the one here is for a script that hangs.
    func client(_ script: String, _ arguments: [String]) throws -> RunningProcess {
        try start(BuiltProducts.python(), ["-u", BuiltProducts.script(script)] + arguments)
    }

    /// Runs a client to its end, which must be a good one.
    func run(client script: String, _ arguments: [String], within limit: Duration = .seconds(45)) async throws {
        try await succeeds(client(script, arguments), within: limit)
    }

    func succeeds(_ client: RunningProcess, within limit: Duration = .seconds(45)) async throws {
        let exit = try await client.exit(within: limit)
        #expect(exit == .status(0), "\(client.tail)")
    }

    /// Ends a process as an operator does; it must end in good order.
    func stop(_ process: RunningProcess, signal: Int32 = SIGTERM, within limit: Duration = .seconds(15)) async throws {
        process.signal(signal)
        let exit = try await process.exit(within: limit)
        #expect(exit == .status(0), "\(process.tail)")
    }

    private func endAll() async {
        let processes = processes.withLock { $0 }
        for process in processes { process.signal(SIGKILL) }
        for process in processes { _ = try? await process.exit(within: .seconds(5)) }
    }

    static func port(after mark: String, in line: String) throws -> Int {
        let words = line.split(separator: " ").first { $0.hasPrefix(mark) } ?? ""
        return try #require(Int(words.split { $0 == ":" || $0 == "=" }.last ?? ""), "no port in: \(line)")
    }
}

/// A process that listens.
struct Server {
    let process: RunningProcess
    let port: Int

    var http: String { "http://127.0.0.1:\(port)" }
    /// Where clients of a gateway connect.
    var clients: String { "ws://127.0.0.1:\(port)/ws" }
    /// Where a gateway connects to the exchange.
    var exchange: String { "ws://127.0.0.1:\(port)/v5/public/linear" }
}
