import NIOCore
import NIOPosix

/// The open port of an `AdminServer`, and the loop that serves it.
package struct AdminListener: Sendable {
    private let channel: any Channel
    private let group: MultiThreadedEventLoopGroup

    init(channel: any Channel, group: MultiThreadedEventLoopGroup) {
        self.channel = channel
        self.group = group
    }

    package var localAddress: SocketAddress? { channel.localAddress }

    /// Closes the port, then its connections. The loop ends only behind what is awaited on it: a future of a loop that has
    /// ended is never answered.
    package func close() async throws {
        // Closed already, it throws: the loop ends all the same.
        try? await channel.close()
        try await group.shutdownGracefully()
    }
}
