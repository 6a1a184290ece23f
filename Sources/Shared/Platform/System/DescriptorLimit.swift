import Glibc

/// How many files and sockets this process may have open at a time (`ulimit -n`).
package enum DescriptorLimit {
    /// Raises the limit, which children inherit, to the most that the process may give itself. Answers what it is then.
    ///
    /// The soft limit is low by custom for programs that call `select`, which can't take a descriptor above 1023. Nothing
    /// here does: NIO waits with epoll, cnats with `poll`.
    @discardableResult
    package static func raise() -> Int {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0 else { return Int(getdtablesize()) }
        let before = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        return Int(clamping: setrlimit(resource, &limit) == 0 ? limit.rlim_cur : before)
    }

    /// What it is now.
    package static var current: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return Int(getdtablesize()) }
        return Int(clamping: limit.rlim_cur)
    }

    /// Descriptors that are open now; nil where the system does not tell.
    package static var open: Int? {
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        var names = 0
        while readdir(directory) != nil { names += 1 }
        // Without `.`, `..` and the directory itself.
        return names - 3
    }
}
