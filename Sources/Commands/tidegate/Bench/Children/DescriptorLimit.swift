import Glibc

/// How many files and sockets a process may have open.
enum DescriptorLimit {
    /// Raises this process's limit, which its children inherit, to what it may be. Throws where that is less than `count`.
    static func raise(to count: Int) throws(BenchFailure) {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        guard limit.rlim_cur >= rlim_t(count) else {
            throw .skipped("a process may open \(limit.rlim_cur) files here (ulimit -n), and \(count) are needed")
        }
    }
}
