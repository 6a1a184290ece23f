import Glibc

/// What this machine, or the container that the process is in, is called.
package enum HostName {
    /// `localhost` where the system does not tell.
    package static var current: String {
        // With a byte left for the end, which is not written where the name is as long as there is room.
        var name = [CChar](repeating: 0, count: 256)
        let failed = gethostname(&name, name.count - 1) != 0
        let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(truncatingIfNeeded: $0) }, as: UTF8.self)
        return failed || text.isEmpty ? "localhost" : text
    }
}
