import Foundation
import Glibc
import NIOCore
import NIOPosix
import Shared

/// A redis-server of its own on a free port, which keeps nothing on disk, for as long as a measurement takes.
struct BenchRedisServer {
    private let process = Process()
    private let port: Int

    /// Nil where redis-server is not installed.
    init?() throws {
        let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
        let programs = folders.map { "\($0)/redis-server" }
        guard let program = programs.first(where: FileManager.default.isExecutableFile) else { return nil }
        let channel = try ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: "127.0.0.1", port: 0)
            .wait()
        port = channel.localAddress?.port ?? 0
        try channel.close().wait()
        process.executableURL = URL(filePath: program)
        process.arguments = ["--port", "\(port)", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        process.currentDirectoryURL = FileManager.default.temporaryDirectory
        process.standardOutput = FileHandle.nullDevice
        try process.run()
    }

    var url: String { "redis://127.0.0.1:\(port)" }

    func isReady(_ client: RedisClient) async throws {
        for _ in 0..<100 where client.status != .connected { try await Task.sleep(for: .milliseconds(50)) }
        guard client.status == .connected else {
            throw RedisBench.Failed(description: "redis-server: \(client.status)")
        }
    }

    func stop() {
        // It keeps nothing, and may have been started by a thread on which SIGTERM is blocked: then so it is for it.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
