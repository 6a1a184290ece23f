import NIOCore
import NIOPosix

/// Ports of 127.0.0.1 for programs that this process starts.
enum LocalPort {
    /// One that nothing listens on.
    static func free() async throws -> Int {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = channel.localAddress?.port
        try await channel.close()
        guard let port else { throw BenchFailure.failed("the system gave no port of 127.0.0.1") }
        return port
    }

    /// Returns when `name` accepts connections.
    static func untilOpen(_ port: Int, _ name: String) async throws {
        try await Patience.wait(for: "\(name) to listen on port \(port)") {
            let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            guard let channel = try? await bootstrap.connect(host: "127.0.0.1", port: port).get() else { return false }
            try await channel.close()
            return true
        }
    }
}
