import Glibc

/// The Unix socket at which a service's manager hears: `/run/systemd/notify`, or with `@` in front a name that is in no folder. A
/// value; nothing is open between two messages.
package struct NotificationSocket: Sendable, Hashable {
    /// Why the manager was not told, in words.
    package struct Failure: Error, Hashable, CustomStringConvertible {
        package let description: String
        /// The manager has no room, or does not listen, for the moment: the same may be sent a little later.
        package let mayPass: Bool
    }

    private static let flags = Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)

    /// As the system takes it: the name of one that is in no folder begins with a zero.
    private let name: [UInt8]
    private let text: String

    /// Nil for what is no such name, or too long for one.
    ///
    /// - Parameter text: As `NOTIFY_SOCKET` has it.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count > 1, bytes[0] == UInt8(ascii: "/") || bytes[0] == UInt8(ascii: "@"),
            bytes.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path)
        else { return nil }
        name = bytes[0] == UInt8(ascii: "@") ? [0] + bytes.dropFirst() : bytes
        self.text = text
    }

    /// Sends one datagram. Does not block: a manager that reads nothing is an error.
    package func send(_ message: String) throws(Failure) {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failure("socket") }
        defer { close(descriptor) }
        let bytes = Array(message.utf8)
        let sent = withAddress { address, length in
            sendto(descriptor, bytes, bytes.count, Self.flags, address, length)
        }
        guard sent == bytes.count else { throw failure("sendto") }
    }

    /// The pointer is good within `body` only.
    private func withAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // The name is shorter than the room for it, as `init` has seen to.
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? MemoryLayout<sa_family_t>.size
        let length = socklen_t(offset + name.count)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }

    private func failure(_ call: String) -> Failure {
        let number = errno
        let mayPass = [EAGAIN, ENOBUFS, ECONNREFUSED, ENOENT].contains(number)
        return Failure(description: "\(text): \(call): \(String(cString: strerror(number)))", mayPass: mayPass)
    }
}
