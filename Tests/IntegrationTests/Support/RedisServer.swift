import Foundation
import Glibc

/// A redis-server of its own on a free port of 127.0.0.1, which keeps nothing on disk.
final class RedisServer: Sendable {
    let port: Int
    private let arguments: [String]
    private let server: ServerProcess

    /// Runs `body` with a server, and ends the server. `arguments` as redis-server takes them.
    static func with<Result>(
        _ arguments: [String] = [],
        isolation: isolated (any Actor)? = #isolation,
        _ body: (RedisServer) async throws -> Result
    ) async throws -> Result {
        let server = try await started(arguments)
        defer { server.server.remove() }
        return try await body(server)
    }

    /// Another process may take a free port before the server does.
    private static func started(
        _ arguments: [String],
        isolation: isolated (any Actor)? = #isolation
    ) async throws -> RedisServer {
        var attempt = 0
        while true {
            attempt += 1
            let server = try RedisServer(arguments)
            do {
                try await server.start()
                return server
            } catch {
                server.server.remove()
                if attempt == 3 { throw error }
            }
        }
    }

    /// Not running yet.
    init(_ arguments: [String] = []) throws {
        let port = try ServerProcess.freePort()
        self.port = port
        server = try ServerProcess("redis-server", readyWords: "Ready to accept connections")
        let listening = arguments.contains("--tls-port") ? [] : ["--port", "\(port)"]
        self.arguments =
            listening + ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", server.folder.path]
            + arguments.map { $0 == "PORT" ? "\(port)" : $0 }
    }

    var folder: URL { server.folder }

    var url: String { "redis://127.0.0.1:\(port)" }

    /// Returns when it takes commands.
    func start() async throws { try await server.start(arguments) }

    /// Ends it at once; what it held is gone. Returns when it has ended.
    func stop() { server.stop() }

    /// It accepts connections, reads nothing and answers nothing, until `goOn`.
    func freeze() { server.freeze() }

    func goOn() { server.signal(SIGCONT) }
}
