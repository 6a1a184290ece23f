import NIOCore
import Platform

/// How many handshakes with upgrade a node does in a second of its CPU time, by what clients show.
///
/// Each round has a node of its own, with one event loop, that has seen no credential yet. The clients come, stay until all are
/// there, and leave. Where the node remembers tokens they come a second time with the same ones.
struct HandshakeBench {
    /// Places on the node, and descriptors of a process, beside those of the clients.
    private static let spare = 200

    let clients: Int
    let rounds: Int

    /// Clients that come and go before anything is measured, so that what is only done once is done.
    private var warmUp: Int { min(clients, 500) }

    /// A line of words for each figure.
    func run(_ report: (String) -> Void) async throws {
        let needed = clients + 2 * Self.spare
        let limit = DescriptorLimit.raise()
        guard limit >= needed else {
            throw BenchFailure.skipped("a process may open \(limit) files here (ulimit -n), and \(needed) are needed")
        }
        let servers = try await LocalStores.start(.redis)
        defer { servers.stop() }
        for credential in BenchCredential.allCases { try await measure(credential, servers, report) }
    }

    private func measure(
        _ credential: BenchCredential,
        _ servers: LocalStores,
        _ report: (String) -> Void
    ) async throws {
        let credentials = try BenchCredentials(credential, clients: clients + warmUp)
        defer { credentials.remove() }
        var environment = servers.environment.merging(credentials.environment) { $1 }
        environment["MAX_CLIENTS_TOTAL"] = "\(clients + Self.spare)"
        environment["EDGE_THREADS"] = "1"
        // Longer than a round: the clients know no pings.
        environment["CLIENT_PING_INTERVAL"] = "600"
        let requests = Array(credentials.requests.prefix(clients))
        var (first, again): ([HandshakeRound], [HandshakeRound]) = ([], [])
        for _ in 0..<rounds {
            let edge = try await EdgeProcess.start(environment)
            defer { edge.stop() }
            _ = try await visit(edge, Array(credentials.requests.suffix(warmUp)))
            first.append(try await visit(edge, requests))
            if credential.isRemembered { again.append(try await visit(edge, requests)) }
        }
        let name = credential.rawValue
        report("\(name)\(credential.isRemembered ? ", first time" : ""): \(HandshakeRound.summary(first))")
        if credential.isRemembered { report("\(name), remembered: \(HandshakeRound.summary(again))") }
    }

    /// Returns when all have come, and have left again.
    private func visit(_ edge: EdgeProcess, _ requests: [ByteBuffer]) async throws -> HandshakeRound {
        let before = try edge.cpuSeconds()
        let start = ContinuousClock.now
        let round = try await HandshakeCrowd(port: edge.port, requests: requests).run {
            let time = ContinuousClock.now - start
            // A client has its answer a moment before it is one to the node.
            try await untilActive(requests.count, at: edge)
            let cpu = try edge.cpuSeconds() - before
            return HandshakeRound(handshakes: requests.count, time: time, cpuSeconds: cpu)
        }
        try await untilActive(0, at: edge)
        return round
    }

    private func untilActive(_ count: Int, at edge: EdgeProcess) async throws {
        try await Patience.wait(for: "the node to have \(count) clients", within: .seconds(30)) {
            try await edge.statistics().connections.activeConnections == count
        }
    }
}
