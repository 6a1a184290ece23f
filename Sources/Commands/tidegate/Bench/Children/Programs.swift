import Foundation

/// Where the programs are that a measurement runs beside itself. What is not there is a reason to skip it.
enum Programs {
    /// Of this machine: where the shell would find it, or where Debian keeps servers.
    static func installed(_ name: String) throws(BenchFailure) -> URL {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders = path.split(separator: ":").map(String.init) + ["/usr/local/sbin", "/usr/sbin"]
        let candidates = folders.map { URL(filePath: $0).appending(path: name) }
        guard let program = candidates.first(where: isExecutable) else {
            throw .skipped("\(name) is not installed on this machine")
        }
        return program
    }

    /// Of this project: built beside the program that runs.
    static func ours(_ name: String) throws(BenchFailure) -> URL {
        let own = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        let program = own.deletingLastPathComponent().appending(path: name)
        guard isExecutable(program) else {
            throw .skipped("\(program.path) is missing: build it with `make build`")
        }
        return program
    }

    private static func isExecutable(_ program: URL) -> Bool {
        FileManager.default.isExecutableFile(atPath: program.path)
    }
}
