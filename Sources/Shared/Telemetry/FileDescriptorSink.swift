import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Writes log lines to a file descriptor that it doesn't own, one `write(2)` each and one thread at a time, so that
/// lines of threads don't interleave.
///
/// Nothing is queued: a reader that stalls a blocking descriptor stalls who logs, and on a non-blocking one the line
/// is dropped and counted. Safe on any thread.
package final class FileDescriptorSink: LogSink {
    /// Standard error: standard output belongs to what a command prints (`tidegate subscribe`), and container
    /// runtimes collect both.
    package static let standardError = FileDescriptorSink(descriptor: STDERR_FILENO)

    private struct State {
        var droppedLines = 0
        /// A line was cut in the middle; the next one must not continue it.
        var isMidLine = false
    }

    private let descriptor: CInt
    private let state = Mutex(State())

    package init(descriptor: CInt) {
        self.descriptor = descriptor
    }

    /// Lines that the descriptor didn't take, in whole or in part.
    package var droppedLines: Int { state.withLock { $0.droppedLines } }

    package func emit(_ line: [UInt8]) {
        state.withLock { state in
            let bytes = state.isMidLine ? [UInt8(ascii: "\n")] + line : line
            let written = writeAll(bytes)
            if written < bytes.count { state.droppedLines += 1 }
            if written > 0 { state.isMidLine = written < bytes.count }
        }
    }

    /// How many bytes were taken before the descriptor refused more.
    private func writeAll(_ bytes: [UInt8]) -> Int {
        bytes.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count {
                let count = write(descriptor, buffer.baseAddress! + written, buffer.count - written)
                if count > 0 {
                    written += count
                } else if count < 0 && errno == EINTR {
                    continue
                } else {
                    break
                }
            }
            return written
        }
    }
}
