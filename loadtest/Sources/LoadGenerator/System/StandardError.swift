import Glibc

/// Lines for people and for scripts that wait for one. Any thread; a line is written whole.
package enum StandardError {
    package static func write(line: String) {
        var line = line + "\n"
        line.withUTF8 { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = attempt(rest)
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }

    private static func attempt(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Int {
        let pointer = UnsafeBufferPointer(rebasing: bytes)
        return Glibc.write(STDERR_FILENO, pointer.baseAddress, pointer.count)
    }
}
