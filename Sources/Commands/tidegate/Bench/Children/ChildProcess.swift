import Foundation
import Glibc

/// A program that a measurement needs, for as long as it takes.
///
/// It is killed when its standard input ends: by `stop`, and also where this process ends without having called it, however
/// that comes about. It is killed and not asked: none of these programs keeps anything, and a node would first say goodbye
/// to thousands of clients.
///
/// What it prints on its standard error is shown; with `isQuiet` it is not.
struct ChildProcess {
    /// The shell becomes the program; what watches the input stays behind. No `wait`: with the signals that a thread of
    /// Dispatch blocks, and its children with it, a shell would wait for ever. In a process group of its own, so a Ctrl-C
    /// does not reach it.
    private static let script = #"""
        exec 3<&0
        { trap '' INT TERM HUP; read -r nothing <&3; kill -KILL $$; } >/dev/null 2>&1 &
        exec "$0" "$@" 3<&-
        """#

    private let shell = Process()
    private let input = Pipe()

    init(_ program: URL, _ arguments: [String], environment: [String: String] = [:], isQuiet: Bool = false) throws {
        // Else the children that are started later would keep this one's input open.
        _ = fcntl(input.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        shell.executableURL = URL(filePath: "/bin/sh")
        shell.arguments = ["-c", Self.script, program.path] + arguments
        // Not the settings that happen to be set where the benchmark runs.
        let inherited = ProcessInfo.processInfo.environment.filter { Self.inherited.contains($0.key) }
        shell.environment = inherited.merging(environment) { $1 }
        shell.currentDirectoryURL = FileManager.default.temporaryDirectory
        shell.standardInput = input
        shell.standardOutput = FileHandle.nullDevice
        if isQuiet { shell.standardError = FileHandle.nullDevice }
        try shell.run()
    }

    /// Of the program.
    var identifier: Int32 { shell.processIdentifier }

    private static let inherited = ["PATH", "HOME", "LD_LIBRARY_PATH", "TMPDIR"]

    /// Returns when it has ended.
    func stop() {
        try? input.fileHandleForWriting.close()
        shell.waitUntilExit()
    }
}
