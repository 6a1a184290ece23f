import Foundation
import NIOCore
import NIOPosix

/// A real HAProxy between a test's clients and a node: one frontend on a free port of 127.0.0.1, one server.
enum HAProxy {
    /// Runs `body` with the port for clients, and ends the proxy.
    ///
    /// - Parameters:
    ///   - settings: Lines of its section, such as `mode http`.
    ///   - server: What stands behind the server's address, such as `send-proxy`.
    static func with<Result>(
        _ settings: [String],
        server: String = "",
        node port: Int,
        isolation: isolated (any Actor)? = #isolation,
        _ body: (Int) async throws -> Result
    ) async throws -> Result {
        let front = try ServerProcess.freePort()
        let process = try ServerProcess("sh", readyWords: "starting")
        defer { process.remove() }
        let file = process.folder.appending(path: "haproxy.cfg")
        let patience = ["connect", "client", "server", "check"].map { "timeout \($0) 60s" }
        let lines = patience + ["bind 127.0.0.1:\(front)"]
        let section = lines + settings + ["server node 127.0.0.1:\(port) \(server)"]
        let text = "global\n  maxconn 100\nlisten node\n" + section.map { "  \($0)\n" }.joined()
        try text.write(to: file, atomically: true, encoding: .utf8)
        // Debian's is in a folder for administrators.
        let script = #"echo starting; PATH="$PATH:/usr/sbin" exec haproxy -db -f "$0""#
        try await process.start(["-c", script, file.path])
        try await opens(front, process)
        return try await body(front)
    }

    /// Waits until it accepts.
    private static func opens(_ port: Int, _ process: ServerProcess) async throws {
        for _ in 0..<1000 {
            let connected = try? await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connect(host: "127.0.0.1", port: port).get()
            if let connected {
                // It may have been closed already, where the node wants none.
                try? await connected.close()
                return
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw ServerProcess.DidNotStart(description: process.log)
    }
}
