import CTestSupport
import Glibc
import Synchronization

/// A child process and its pipes, by `posix_spawn`: every descriptor here is closed on exec, so that no other child
/// that is started meanwhile holds a pipe of this one open.
///
/// It starts with no signal blocked or ignored. `Foundation.Process` hands on what its thread blocks, which on a thread of
/// Dispatch is nearly everything: a shell then waits for ever for a child that has ended.
package final class SpawnedChild: Sendable {
    package enum Exit: Equatable, Sendable {
        case status(Int32)
        case signal(Int32)
    }

    package let output: PipeReader
    package let errors: PipeReader
    /// -1 once it is closed.
    private let input: Mutex<Int32>
    package let identifier: pid_t
    /// Once it was reaped its number may belong to another process.
    private let isReaped = Mutex(false)

    package init(_ executable: String, _ arguments: [String], environment: [String: String]) throws {
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
        // Whatever else the tests have open, thousands of sockets at times, is not the child's.
        _ = tidegate_close_descriptors_on_exec()
        var identifier: pid_t = 0
        let problem = posix_spawn(&identifier, executable, &actions, &attributes, words, variables)
        guard problem == 0 else {
            for descriptor in [pipes[0].write, pipes[1].read, pipes[2].read] { close(descriptor) }
            throw SystemError(call: "posix_spawn \(executable)", number: problem)
        }
        self.identifier = identifier
        input = Mutex(pipes[0].write)
        output = PipeReader(pipes[1].read)
        errors = PipeReader(pipes[2].read)
    }

    deinit { closeInput() }

    /// The child's standard input ends.
    package func closeInput() {
        input.withLock { input in
            if input >= 0 { close(input) }
            input = -1
        }
    }

    package func signal(_ number: Int32) {
        isReaped.withLock { isReaped in
            if !isReaped { kill(identifier, number) }
        }
    }

    /// Stops the child where it is, by SIGSTOP. Returns when all of its threads stand still.
    package func freeze() {
        signal(SIGSTOP)
        var information = siginfo_t()
        while waitid(P_PID, id_t(identifier), &information, WSTOPPED | WEXITED | WNOWAIT) != 0, errno == EINTR {}
        // Else the next time would be told of this one.
        if information.si_code == CLD_STOPPED { waitid(P_PID, id_t(identifier), &information, WSTOPPED) }
    }

    package func write(_ text: String) {
        input.withLock { input in
            _ = text.withCString { Glibc.write(input, $0, strlen($0)) }
        }
    }

    /// Blocks until the child has ended.
    package func waitForEnd() -> Exit {
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

    package struct SystemError: Error, CustomStringConvertible {
        package let call: String
        package let number: Int32

        package init(call: String, number: Int32) {
            self.call = call
            self.number = number
        }

        package var description: String { "\(call): \(String(cString: strerror(number)))" }
    }
}
