import Dispatch
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Writes log lines to a file descriptor that it doesn't own. Safe on any thread.
///
/// Who logs only adds a line to what waits, and never waits itself: the lines are written by a queue of its own, which has
/// a thread where there is something to write, and which a reader that stalls may stall. Bound: `capacity` bytes wait; lines
/// beyond are dropped and counted, and how many is said as soon as the reader takes lines again. A descriptor that fails
/// costs the lines and nothing else.
///
/// At a crash the lines are lost that were not written yet: those of the last moment where the reader keeps up. At the
/// process's exit what waits is written for at most `exitPatience`.
package final class FileDescriptorSink: LogSink {
    /// Standard error: standard output belongs to what a command prints (`tidegate subscribe`), and container
    /// runtimes collect both.
    package static let standardError: FileDescriptorSink = {
        let sink = FileDescriptorSink(descriptor: STDERR_FILENO)
        atexit { FileDescriptorSink.standardError.flush(within: FileDescriptorSink.exitPatience) }
        return sink
    }()

    static let capacity = 4 << 20
    static let exitPatience: Duration = .milliseconds(500)

    private struct State {
        /// Whole lines.
        var waiting: [UInt8] = []
        /// Of those that the queue has taken and not written yet.
        var bytesInHand = 0
        /// Whether the queue will come and look.
        var isAwake = false
        var droppedLines = 0
        /// Of the dropped ones.
        var toldLines = 0
        var notice: @Sendable (_ lines: Int) -> [UInt8] = { Array("\($0) log lines were dropped\n".utf8) }
    }

    private let descriptor: CInt
    private let capacity: Int
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "tidegate.log")

    package init(descriptor: CInt, capacity: Int = FileDescriptorSink.capacity) {
        self.descriptor = descriptor
        self.capacity = capacity
    }

    /// Lines that came when too much waited, and those that the descriptor refused.
    package var droppedLines: Int { state.withLock { $0.droppedLines } }

    package func describeDrops(_ notice: @escaping @Sendable (_ lines: Int) -> [UInt8]) {
        state.withLock { $0.notice = notice }
    }

    package func emit(_ line: [UInt8]) {
        let mustWake = state.withLock { state in
            guard state.waiting.count + state.bytesInHand + line.count <= capacity else {
                state.droppedLines += 1
                return false
            }
            state.waiting += line
            defer { state.isAwake = true }
            return !state.isAwake
        }
        if mustWake { queue.async { self.writeWaiting() } }
    }

    /// Returns when all lines from before have been written, or when the time is over. Not for event loops.
    package func flush(within limit: Duration) {
        let isWritten = DispatchSemaphore(value: 0)
        queue.async { isWritten.signal() }
        _ = isWritten.wait(timeout: .now() + limit.seconds)
    }

    /// On `queue`: until nothing waits.
    private func writeWaiting() {
        while true {
            let (lines, dropped, notice) = state.withLock { state in
                let lines = state.waiting
                state.waiting = []
                state.bytesInHand = lines.count
                // What was dropped came behind all these.
                let dropped = state.droppedLines - state.toldLines
                if lines.isEmpty, dropped == 0 { state.isAwake = false }
                return (lines, dropped, state.notice)
            }
            guard !lines.isEmpty || dropped > 0 else { return }
            guard LogWriter.write(lines, to: descriptor) else {
                lose(lines.count { $0 == UInt8(ascii: "\n") })
                continue
            }
            if dropped > 0, LogWriter.write(notice(dropped), to: descriptor) {
                state.withLock { $0.toldLines += dropped }
            }
        }
    }

    /// Lines that the descriptor refused are counted and not told: there is nobody to tell.
    private func lose(_ lines: Int) {
        state.withLock { state in
            state.droppedLines += lines
            state.toldLines = state.droppedLines
        }
    }
}

extension Duration {
    fileprivate var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
