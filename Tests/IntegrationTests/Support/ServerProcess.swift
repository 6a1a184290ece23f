import Foundation
import Glibc
import NIOCore
import NIOPosix
import TestSupport

/// A server that a test starts, with a folder of its own for what it writes.
///
/// It is killed when its standard input ends: so also when the tests die.
final class ServerProcess: Sendable {
    /// The shell becomes the server; what watches the input stays behind.
    private static let script = #"""
        exec 3<&0 >>"$0" 2>&1
        { trap '' INT TERM HUP; read -r nothing <&3; kill -KILL $$; } >/dev/null 2>&1 &
        exec "$@" 3<&-
        """#

    let folder: URL
    private let program: String
    private let readyWords: String
    private let child = Locked<SpawnedChild?>(nil)

    struct DidNotStart: Error, CustomStringConvertible {
        let description: String
    }

    /// Not running yet. `readyWords` are what it logs when it can be used.
    init(_ program: String, readyWords: String) throws {
        self.program = program
        self.readyWords = readyWords
        folder = FileManager.default.temporaryDirectory.appending(path: "tidegate-\(program)-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    /// Returns when it can be used.
    func start(_ arguments: [String]) async throws {
        child.value = try SpawnedChild(
            "/bin/sh",
            ["-c", Self.script, folder.appending(path: "log").path, program] + arguments,
            environment: ProcessInfo.processInfo.environment
        )
        for _ in 0..<500 {
            if log.contains(readyWords) { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw DidNotStart(description: log)
    }

    /// Ends it at once; what it held is gone. Returns when it has ended.
    func stop() {
        guard let child = child.exchange(nil) else { return }
        child.signal(SIGKILL)
        child.closeInput()
        _ = child.waitForEnd()
        try? FileManager.default.removeItem(at: folder.appending(path: "log"))
    }

    /// It accepts connections, reads nothing and answers nothing, until SIGCONT.
    func freeze() { child.value?.freeze() }

    func signal(_ signal: Int32) { child.value?.signal(signal) }

    var log: String {
        (try? String(contentsOf: folder.appending(path: "log"), encoding: .utf8)) ?? ""
    }

    func remove() {
        stop()
        try? FileManager.default.removeItem(at: folder)
    }

    static func freePort() throws -> Int {
        let channel = try ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0).wait()
        defer { try? channel.close().wait() }
        return channel.localAddress?.port ?? 0
    }
}
