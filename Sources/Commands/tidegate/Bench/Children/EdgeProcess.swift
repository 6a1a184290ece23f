import Foundation
import NIOCore

/// An edge node in a process of its own, on a free port.
struct EdgeProcess {
    let port: Int
    private let child: ChildProcess

    static func start(_ environment: [String: String]) async throws -> EdgeProcess {
        let port = try await LocalPort.free()
        let own = ["HOST": "127.0.0.1", "PORT": "\(port)", "LOG_LEVEL": "error"]
        let child = try ChildProcess(try Programs.ours("edge-node"), [], environment: environment.merging(own) { $1 })
        do {
            try await LocalPort.untilOpen(port, "edge-node")
        } catch {
            child.stop()
            throw error
        }
        return EdgeProcess(port: port, child: child)
    }

    func statistics() async throws -> EdgeStatistics {
        let page = try await HTTPPage.read("/stats", port: port)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(EdgeStatistics.self, from: Data(page.readableBytesView))
    }

    /// All that it has taken so far.
    func cpuSeconds() throws -> Double { try ProcessCPU.seconds(of: child.identifier) }

    func stop() { child.stop() }
}
