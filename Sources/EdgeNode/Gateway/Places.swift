/// How many clients fit into the descriptors that the process may have open. Pure.
///
/// A client is a socket. So is who looks at a page, and who is still about to ask for the upgrade; and what the process
/// opens by itself while it runs (a connection to a store that is made anew) must not fail because clients took all.
package struct Places: Equatable {
    /// For what the process opens by itself after the start.
    package static let reserve = 32
    /// For connections that are no clients: pages, and those that are told with 503 that the node is full.
    static let visitors = 32

    /// `MAX_CLIENTS_TOTAL`.
    let wanted: Int
    /// Descriptors that the process may have open (`ulimit -n`).
    let descriptorLimit: Int
    /// Descriptors that were open before the first client came.
    let inUse: Int
    /// What the port of operators may take, where it is another one; 0 where their pages are on the clients' port.
    let operators: Int

    package init(wanted: Int, descriptorLimit: Int, inUse: Int, operators: Int = 0) {
        self.wanted = wanted
        self.descriptorLimit = descriptorLimit
        self.inUse = inUse
        self.operators = operators
    }

    /// Sockets that are accepted at a time on the clients' port.
    var sockets: Int { max(0, descriptorLimit - inUse - Self.reserve - operators) }

    /// Clients that are let in at a time.
    package var clients: Int { max(0, min(wanted, sockets - Self.visitors)) }

    /// Descriptors that are not there for clients.
    var reserved: Int { inUse + Self.reserve + operators + Self.visitors }

    /// What the limit would have to be for all that are wanted.
    var neededLimit: Int { wanted + reserved }

    /// What is wrong and what would be right, for a person; nil where all fit.
    package var complaint: String? {
        guard clients < wanted else { return nil }
        guard clients > 0 else {
            return "the process may open \(descriptorLimit) files (ulimit -n), of which it needs \(reserved) for "
                + "itself: no client could connect; raise the limit to \(neededLimit) for MAX_CLIENTS_TOTAL"
        }
        let fit = "\(clients) \(clients == 1 ? "client" : "clients")"
        return "MAX_CLIENTS_TOTAL is \(wanted), which takes \(neededLimit) open files, and this process may open "
            + "\(descriptorLimit): \(fit) will be let in. Raise the limit to \(neededLimit) "
            + "(ulimit -n; LimitNOFILE in systemd), or set MAX_CLIENTS_TOTAL to \(clients)"
    }
}
