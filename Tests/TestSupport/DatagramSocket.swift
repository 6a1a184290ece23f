import Glibc

/// A Unix socket of datagrams, as the manager of a service has one; it is closed, and its file is gone, with its last owner.
package final class DatagramSocket: Sendable {
    /// In milliseconds.
    private static let patience: Int32 = 30_000

    private let descriptor: Int32
    private let path: String?

    /// - Parameter name: A path, or a name that is in no folder, with `@` in front.
    package init(_ name: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        path = name.hasPrefix("@") ? nil : name
        guard descriptor >= 0 else { throw SpawnedChild.SystemError(call: "socket", number: errno) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(name.utf8)
        if path == nil { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let descriptor = descriptor
        let failed = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) != 0 }
        }
        if failed { throw SpawnedChild.SystemError(call: "bind \(name)", number: errno) }
    }

    deinit {
        close(descriptor)
        if let path { unlink(path) }
    }

    /// The next datagram. Blocks, for half a minute at most.
    package func receive() throws -> String {
        var bytes = [UInt8](repeating: 0, count: 4096)
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while poll(&waiting, 1, Self.patience) < 0, errno == EINTR {}
        guard waiting.revents != 0 else { throw SpawnedChild.SystemError(call: "recv", number: ETIMEDOUT) }
        let count = recv(descriptor, &bytes, bytes.count, 0)
        guard count >= 0 else { throw SpawnedChild.SystemError(call: "recv", number: errno) }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    /// Whether there is none now.
    package var isEmpty: Bool {
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, Int32(MSG_DONTWAIT) | Int32(MSG_PEEK)) < 0
    }
}
