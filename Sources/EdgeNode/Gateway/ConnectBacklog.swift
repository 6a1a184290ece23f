/// How many connects a node would have the kernel keep until they are accepted: all clients of a node that has just ended may come to
/// this one at once. The kernel cuts it down to what it allows (`net.core.somaxconn`). Pure.
package enum ConnectBacklog {
    private static let smallest = 4096
    private static let greatest = 65_535

    /// - Parameter clients: That are let in at a time.
    package static func wanted(for clients: Int) -> Int { min(max(smallest, clients), greatest) }
}
