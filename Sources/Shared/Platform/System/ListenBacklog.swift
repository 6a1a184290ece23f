import Glibc

/// How many connects the system keeps for a listening socket until they are accepted (`net.core.somaxconn`).
package enum ListenBacklog {
    /// What the kernel cuts each wish down to; nil where it does not tell.
    package static var systemLimit: Int? {
        guard let file = fopen("/proc/sys/net/core/somaxconn", "r") else { return nil }
        defer { fclose(file) }
        var text = [UInt8](repeating: 0, count: 32)
        let count = fread(&text, 1, text.count, file)
        return Int(String(decoding: text.prefix(count).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }
}
