import Glibc

/// How many files and sockets this process may have open.
package enum DescriptorLimit {
    /// For event loops, brokers, standard streams and what the libraries open.
    package static let spare = 100

    /// Raises the limit to what it may be. Throws where that is less than the clients need.
    package static func raise(forClients clients: Int) throws(LoadFailure) {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        guard limit.rlim_cur >= rlim_t(clients + spare) else {
            throw LoadFailure(
                "\(clients) clients need \(clients + spare) open files, and a process may have \(limit.rlim_cur) here: "
                    + "raise the hard limit (ulimit -Hn), or share the clients between several processes"
            )
        }
    }
}
