import CHotPath
import Glibc
import NIOCore

/// A client's socket, written to past its channel: one `send(2)` per client and turn, where the way through a channel's
/// pipeline costs half as much again. Used on the channel's loop only.
///
/// The descriptor belongs to the channel, which closes it on the same loop: whoever holds this lets it go before closing
/// the channel, and when told of `channelInactive` or of a failed write, which the channel tells before anything else of
/// ours can run. Nothing may wait in the channel when something is sent here: it would be overtaken.
struct ClientSocket {
    enum Outcome: Equatable {
        /// So many bytes; 0 where the socket is full.
        case taken(Int)
        /// The connection is broken: an `errno`.
        case failed(Int32)
    }

    let descriptor: NIOBSDSocket.Handle

    /// TCP_NOTSENT_LOWAT: so many bytes unsent, and the socket counts as full. See `SendPace`.
    static let unsentLimitOption = ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: 25))

    /// Nil where the channel has no socket of its own, as in tests.
    init?(_ channel: any Channel) {
        let descriptor = try? channel.pipeline.syncOperations
            .withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { $0 }
        guard let descriptor else { return nil }
        self.descriptor = descriptor
    }

    /// MSG_EOR ends the kernel's buffer with what is sent: it looks at its limits only before it begins another one, and would
    /// put three times the limit on unsent bytes into the last. It costs nothing that could be measured.
    private static let flags = Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL) | Int32(MSG_EOR)

    /// Whether the client has sent something that nobody has read.
    var hasUnread: Bool {
        var count: CInt = 0
        return ioctl(descriptor, UInt(FIONREAD), &count) == 0 && count > 0
    }

    /// Bytes that the kernel has not sent, since the client's window has no room for them.
    var unsent: Int { Int(tidegate_unsent(descriptor)) }

    /// Bytes that the client's side has acknowledged since it is connected; nil where the system does not say.
    var acknowledged: UInt64? { UInt64(exactly: tidegate_acknowledged(descriptor)) }

    /// Whether the client's window ever had no room for what was to be sent.
    var wasWindowFull: Bool { tidegate_window_limited(descriptor) > 0 }

    /// Where the system refuses it, the old limit stays.
    func limitUnsent(to bytes: Int32) { _ = tidegate_limit_unsent(descriptor, bytes) }

    func send(_ frame: ByteBuffer) -> Outcome { frame.withUnsafeReadableBytes { send($0) } }

    // Once per client and turn: the call alone costs 4% of what a delivery does (`loadtest/instructions`).
    @inline(__always)
    func send(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        while true {
            let count = tidegate_send(descriptor, bytes.baseAddress, bytes.count, Self.flags)
            if count >= 0 { return .taken(count) }
            switch errno {
            case EINTR: continue
            case EAGAIN, ENOBUFS: return .taken(0)
            default: return .failed(errno)
            }
        }
    }
}
