import Foundation
import Glibc
import Logging
import NIOCore
import NIOPosix
import Shared

/// A redis-server of its own on a free port of 127.0.0.1, which keeps nothing on disk.
///
/// A shell starts it and kills it when its own standard input ends: so also when the tests die.
final class RedisServer: Sendable {
    let port: Int
    let folder: URL
    private let arguments: [String]
    private let shell = Locked<RunningShell?>(nil)

    struct RunningShell {
        let process: Process
        let input: Pipe
        let identifier: pid_t
    }

    struct DidNotStart: Error, CustomStringConvertible {
        let description: String
    }

    /// Runs `body` with a server, and ends the server. `arguments` as redis-server takes them.
    static func with<Result>(
        _ arguments: [String] = [],
        isolation: isolated (any Actor)? = #isolation,
        _ body: (RedisServer) async throws -> Result
    ) async throws -> Result {
        let server = try await started(arguments)
        defer { server.remove() }
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
                server.remove()
                if attempt == 3 { throw error }
            }
        }
    }

    /// Not running yet.
    init(_ arguments: [String] = []) throws {
        let port = try Self.freePort()
        self.port = port
        folder = FileManager.default.temporaryDirectory.appending(path: "tidegate-redis-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let listening = arguments.contains("--tls-port") ? [] : ["--port", "\(port)"]
        self.arguments =
            listening + ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder.path]
            + arguments.map { $0 == "PORT" ? "\(port)" : $0 }
    }

    var url: String { "redis://127.0.0.1:\(port)" }

    /// Returns when it takes commands.
    func start() async throws {
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments =
            [
                "-c", #"redis-server "$@" >>"$0" 2>&1 & echo $!; cat >/dev/null; kill -KILL $! 2>/dev/null; wait"#,
                folder.appending(path: "log").path,
            ] + arguments
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard let identifier = pid_t(line.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw DidNotStart(description: "no process number: \(line)")
        }
        shell.value = RunningShell(process: process, input: input, identifier: identifier)
        for _ in 0..<1500 {
            let log = log
            if log.contains("Ready to accept connections") { return }
            if log.contains("Failed listening") { break }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw DidNotStart(description: log)
    }

    /// Ends it at once; what it held is gone. Returns when it has ended.
    func stop() {
        guard let running = shell.exchange(nil) else { return }
        kill(running.identifier, SIGKILL)
        try? running.input.fileHandleForWriting.close()
        running.process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder.appending(path: "log"))
    }

    /// It accepts connections, reads nothing and answers nothing, until `goOn`.
    func freeze() { if let running = shell.value { kill(running.identifier, SIGSTOP) } }

    func goOn() { if let running = shell.value { kill(running.identifier, SIGCONT) } }

    private var log: String {
        (try? String(contentsOf: folder.appending(path: "log"), encoding: .utf8)) ?? ""
    }

    private func remove() {
        stop()
        try? FileManager.default.removeItem(at: folder)
    }

    private static func freePort() throws -> Int {
        let channel = try ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0).wait()
        defer { try? channel.close().wait() }
        return channel.localAddress?.port ?? 0
    }
}
