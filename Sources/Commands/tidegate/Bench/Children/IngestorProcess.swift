/// An ingestor in a process of its own.
struct IngestorProcess {
    private let child: ChildProcess

    /// Returns when its pages can be read; it may not lead yet.
    static func start(_ environment: [String: String], upstream: String) async throws -> IngestorProcess {
        let port = try await LocalPort.free()
        let own = ["BYBIT_WS_URL": upstream, "ADMIN_PORT": "\(port)", "LOG_LEVEL": "error"]
        let child = try ChildProcess(try Programs.ours("ingestor"), [], environment: environment.merging(own) { $1 })
        do {
            try await LocalPort.untilOpen(port, "ingestor")
        } catch {
            child.stop()
            throw error
        }
        return IngestorProcess(child: child)
    }

    func stop() { child.stop() }
}
