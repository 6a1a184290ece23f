import Foundation

/// A program that a measurement needs, for as long as it takes.
///
/// A shell starts it and kills it when its own standard input ends: so it ends with `stop`, and also where this process
/// ends without having called it, however that comes about. It is killed and not asked: none of these programs keeps
/// anything, and a node would first say goodbye to thousands of clients.
///
/// What it prints on its standard error is shown; with `isQuiet` it is not.
struct ChildProcess {
    private let shell = Process()
    private let input = Pipe()

    init(_ program: URL, _ arguments: [String], environment: [String: String] = [:], isQuiet: Bool = false) throws {
        shell.executableURL = URL(filePath: "/bin/sh")
        // In a process group of its own, so a Ctrl-C does not reach it. What the shell says of a process that it has
        // killed is no news.
        let script = #""$0" "$@" & cat >/dev/null; exec 2>/dev/null; kill -KILL $!; wait"#
        shell.arguments = ["-c", script, program.path] + arguments
        // Not the settings that happen to be set where the benchmark runs.
        let inherited = ProcessInfo.processInfo.environment.filter { Self.inherited.contains($0.key) }
        shell.environment = inherited.merging(environment) { $1 }
        shell.currentDirectoryURL = FileManager.default.temporaryDirectory
        shell.standardInput = input
        shell.standardOutput = FileHandle.nullDevice
        if isQuiet { shell.standardError = FileHandle.nullDevice }
        try shell.run()
    }

    private static let inherited = ["PATH", "HOME", "LD_LIBRARY_PATH", "TMPDIR"]

    /// Returns when it has ended.
    func stop() {
        try? input.fileHandleForWriting.close()
        shell.waitUntilExit()
    }
}
