import Foundation
import Glibc
import NIOCore
import NIOPosix

/// A server that a test starts, with a folder of its own for what it writes.
///
/// A shell starts it and kills it when its own standard input ends: so also when the tests die.
final class ServerProcess: Sendable {
    let folder: URL
    private let program: String
    private let readyWords: String
    private let shell = Locked<RunningShell?>(nil)

    private struct RunningShell {
        let process: Process
        let input: Pipe
        let identifier: pid_t
    }

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
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: "/bin/sh")
        let script =
            #""$@" >>"$0" 2>&1 & echo $!; trap '' INT TERM HUP; cat >/dev/null; kill -KILL $! 2>/dev/null; wait"#
        process.arguments = ["-c", script, folder.appending(path: "log").path, program] + arguments
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard let identifier = pid_t(line.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw DidNotStart(description: "no process number: \(line)")
        }
        shell.value = RunningShell(process: process, input: input, identifier: identifier)
        for _ in 0..<500 {
            if log.contains(readyWords) { return }
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

    func signal(_ signal: Int32) { if let running = shell.value { kill(running.identifier, signal) } }

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
