import Glibc
import Synchronization

/// A child process and its pipes, by `posix_spawn`: every descriptor here is closed on exec, so that no other child
/// that is started meanwhile holds a pipe of this one open.
final class SpawnedChild: Sendable {
    let output: PipeReader
    let errors: PipeReader
    private let input: Int32
    let identifier: pid_t
    /// Once it was reaped its number may belong to another process.
    private let isReaped = Mutex(false)

    init(_ executable: String, _ arguments: [String], environment: [String: String]) throws {
        // A child that is gone must not take the tests with it.
        Glibc.signal(SIGPIPE, SIG_IGN)
        let pipes = try (0..<3).map { _ in try Self.makePipe() }
        defer { for descriptor in [pipes[0].read, pipes[1].write, pipes[2].write] { close(descriptor) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, pipes[0].read, 0)
        posix_spawn_file_actions_adddup2(&actions, pipes[1].write, 1)
        posix_spawn_file_actions_adddup2(&actions, pipes[2].write, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A shell that runs the tests in the background has SIGINT ignored, and children inherit that.
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        let words = ([executable] + arguments).map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var identifier: pid_t = 0
        let problem = posix_spawn(&identifier, executable, &actions, &attributes, words, variables)
        guard problem == 0 else {
            for descriptor in [pipes[0].write, pipes[1].read, pipes[2].read] { close(descriptor) }
            throw SystemError(call: "posix_spawn \(executable)", number: problem)
        }
        self.identifier = identifier
        input = pipes[0].write
        output = PipeReader(pipes[1].read)
        errors = PipeReader(pipes[2].read)
    }

    deinit { close(input) }

    func signal(_ number: Int32) {
        isReaped.withLock { isReaped in
            if !isReaped { kill(identifier, number) }
        }
    }

    func write(_ text: String) {
        _ = text.withCString { Glibc.write(input, $0, strlen($0)) }
    }

    /// Blocks until the child has ended.
    func waitForEnd() -> RunningProcess.Exit {
        var information = siginfo_t()
        while waitid(P_PID, id_t(identifier), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        return isReaped.withLock { isReaped in
            isReaped = true
            var status: Int32 = 0
            while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
            let signal = status & 0x7f
            return signal == 0 ? .status((status >> 8) & 0xff) : .signal(signal)
        }
    }

    /// A pair of sockets: these can be made with close-on-exec set from the start, and Swift's Glibc has no `pipe2`.
    private static func makePipe() throws -> (read: Int32, write: Int32) {
        var descriptors: [Int32] = [0, 0]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &descriptors) == 0 else {
            throw SystemError(call: "socketpair", number: errno)
        }
        return (descriptors[0], descriptors[1])
    }

    struct SystemError: Error, CustomStringConvertible {
        let call: String
        let number: Int32
        var description: String { "\(call): \(String(cString: strerror(number)))" }
    }
}
