import Logging

@testable import BybitSimulator

/// Runs a simulator on a free port for the length of `body`.
func withSimulator(
    _ configure: (inout SimulatorConfiguration) -> Void = { _ in },
    _ body: (BybitSimulator, Int) async throws -> Void
) async throws {
    var configuration = SimulatorConfiguration()
    configure(&configuration)
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let simulator = BybitSimulator(configuration: configuration, logger: logger)
    let port = try await simulator.start()
    do {
        try await body(simulator, port)
    } catch {
        await simulator.stop()
        throw error
    }
    await simulator.stop()
}
