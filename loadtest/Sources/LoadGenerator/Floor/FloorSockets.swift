import Glibc
import NIOCore

/// A listening socket and those that it has accepted, by system calls alone. Owned by one thread; closed with `close`.
struct FloorSockets {
    private let listener: Int32
    private(set) var clients: [Int32] = []

    init(port: Int) throws(LoadFailure) {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        let listener = listener
        let isListening = try? SocketAddress(ipAddress: "127.0.0.1", port: port).withSockAddr { address, length in
            bind(listener, address, socklen_t(length)) == 0 && listen(listener, 4096) == 0
        }
        guard isListening == true else {
            throw LoadFailure("can't listen on 127.0.0.1:\(port): \(String(cString: strerror(errno)))")
        }
    }

    /// The next client, where one comes within so many milliseconds.
    mutating func accept(within milliseconds: Int32) -> Bool {
        guard Self.wait(listener, for: Int16(POLLIN), milliseconds) else { return false }
        let client = Glibc.accept(listener, nil, nil)
        guard client >= 0 else { return false }
        var yes: Int32 = 1
        setsockopt(client, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        clients.append(client)
        return true
    }

    mutating func drop(_ client: Int32) {
        clients.removeAll { $0 == client }
        Glibc.close(client)
    }

    func close() {
        for client in clients { Glibc.close(client) }
        Glibc.close(listener)
    }

    static func wait(_ socket: Int32, for events: Int16, _ milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: socket, events: events, revents: 0)
        return poll(&entry, 1, milliseconds) > 0
    }
}
