import NIOCore
import NIOPosix

/// Whether anybody listens.
enum ServerProbe {
    static func check(_ endpoint: Endpoint) async throws {
        do {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(.seconds(5))
                .connect(to: endpoint.resolve()).get()
            try await channel.close()
        } catch let failure as LoadFailure {
            throw failure
        } catch {
            throw LoadFailure("no server at \(endpoint): \(ErrorWords.of(error))")
        }
    }
}
