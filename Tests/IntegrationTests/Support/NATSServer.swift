import Core
import Foundation
import Glibc
import NATSStores
import Stores
import TestSupport

/// A nats-server of its own on a free port of 127.0.0.1.
final class NATSServer: Sendable {
    let port: Int
    private let server: ServerProcess

    /// Runs `body` with a server, and ends the server. `settings` as they are in nats-server's file.
    static func with<Result>(
        _ settings: String = "",
        isolation: isolated (any Actor)? = #isolation,
        _ body: (NATSServer) async throws -> Result
    ) async throws -> Result {
        let server = try NATSServer()
        defer { server.remove() }
        try await server.start(settings)
        return try await body(server)
    }

    /// Not running yet.
    init() throws {
        port = try ServerProcess.freePort()
        server = try ServerProcess("nats-server", readyWords: "Server is ready")
    }

    /// Returns when it takes clients.
    func start(_ settings: String = "") async throws {
        let file = server.folder.appending(path: "settings")
        try "listen: 127.0.0.1:\(port)\n\(settings)\n".write(to: file, atomically: true, encoding: .utf8)
        try await server.start(["-c", file.path])
    }

    /// Ends it at once. Returns when it has ended.
    func stop() { server.stop() }

    func remove() { server.remove() }

    /// It accepts connections, reads nothing and answers nothing, until `goOn`.
    func freeze() { server.freeze() }

    func goOn() { server.signal(SIGCONT) }

    /// It asks its clients to leave, and ends.
    func becomeLameDuck() { server.signal(SIGUSR2) }

    var log: String { server.log }

    func broker(
        _ login: String = "",
        writing wire: WireVersion = .one,
        logger: CollectedLog = CollectedLog(),
        _ change: (inout NATSLimits) -> Void = { _ in }
    ) throws -> NATSBroker {
        try natsBroker("nats://\(login)127.0.0.1:\(port)", writing: wire, logger: logger, change)
    }
}

func natsBroker(
    _ address: String,
    credentialsFile: String? = nil,
    caFile: String? = nil,
    writing wire: WireVersion = .one,
    logger: CollectedLog = CollectedLog(),
    _ change: (inout NATSLimits) -> Void = { _ in }
) throws -> NATSBroker {
    var limits = NATSLimits()
    limits.reconnectWait = .milliseconds(50)
    change(&limits)
    return try NATSBroker(
        NATSConfiguration(address: address, credentialsFile: credentialsFile, caFile: caFile),
        names: StoreNames(brand: "t"),
        limits: limits,
        writing: wire,
        logger: logger.logger
    )
}

extension NATSBroker {
    /// Waits, at most as long as the test may take, until the connection is up.
    func isUp() async throws { while status != .connected { try await Task.sleep(for: .milliseconds(5)) } }

    /// Waits until the connection is down.
    func isDown() async throws { while status.isUsable { try await Task.sleep(for: .milliseconds(5)) } }
}

extension BrokerSubscriber {
    /// Subscribes to all at once.
    func subscribe(to streams: [StreamName]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for stream in streams { tasks.addTask { try await subscribe(to: stream) } }
            try await tasks.waitForAll()
        }
    }
}
