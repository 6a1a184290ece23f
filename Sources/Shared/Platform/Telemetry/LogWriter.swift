#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Writes lines to a descriptor and waits until all are taken.
///
/// As many whole lines go into one `write(2)` as a pipe takes without mixing them with those of other processes.
enum LogWriter {
    /// PIPE_BUF on Linux.
    private static let atomicBytes = 4096

    /// False where the descriptor failed.
    static func write(_ lines: [UInt8], to descriptor: CInt) -> Bool {
        var rest = lines[...]
        while !rest.isEmpty {
            let piece = rest.prefix(length(of: rest))
            guard writeAll(piece, to: descriptor) else { return false }
            rest = rest.dropFirst(piece.count)
        }
        return true
    }

    private static func length(of lines: ArraySlice<UInt8>) -> Int {
        let newline = UInt8(ascii: "\n")
        if let last = lines.prefix(atomicBytes).lastIndex(of: newline) { return last + 1 - lines.startIndex }
        return lines.firstIndex(of: newline).map { $0 + 1 - lines.startIndex } ?? lines.count
    }

    private static func writeAll(_ bytes: ArraySlice<UInt8>, to descriptor: CInt) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let part = UnsafeRawBufferPointer(rebasing: rest)
                #if canImport(Glibc)
                let count = Glibc.write(descriptor, part.baseAddress, part.count)
                #elseif canImport(Musl)
                let count = Musl.write(descriptor, part.baseAddress, part.count)
                #else
                let count = Darwin.write(descriptor, part.baseAddress, part.count)
                #endif
                if count >= 0 {
                    rest = rest.dropFirst(count)
                } else if errno == EAGAIN || errno == EWOULDBLOCK {
                    var descriptor = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&descriptor, 1, -1)
                } else if errno != EINTR {
                    return false
                }
            }
            return true
        }
    }
}
