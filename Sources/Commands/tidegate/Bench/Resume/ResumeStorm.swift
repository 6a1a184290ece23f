import Core
import NIOCore
import NIOPosix

/// All clients of a round, at once, from one event loop.
struct ResumeStorm {
    private static let patience = TimeAmount.seconds(60)
    private static let readBytes = 32 << 10

    let port: Int
    /// For the WebSocket, of each client.
    let requests: [ByteBuffer]
    /// The streams, and where the clients of each were when they were last connected.
    let positions: [(stream: StreamName, position: Position)]

    /// Returns when each client is live and all of their connections are closed. `whenLive` runs while they are open.
    func run<Result>(_ whenLive: () async throws -> Result) async throws -> (ResumeTally.Outcome, Result) {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let promise = loop.makePromise(of: ResumeTally.Outcome.self)
        loop.execute { connectAll(on: loop, promise) }
        do {
            let outcome = try await promise.futureResult.get()
            let result = try await whenLive()
            try await group.shutdownGracefully()
            return (outcome, result)
        } catch {
            try await group.shutdownGracefully()
            throw error
        }
    }

    private func connectAll(on loop: any EventLoop, _ promise: EventLoopPromise<ResumeTally.Outcome>) {
        let tally = NIOLoopBound(ResumeTally(clients: requests.count, outcome: promise), eventLoop: loop)
        // An address, since a name would be asked for ten thousand times.
        guard let address = try? SocketAddress(ipAddress: "127.0.0.1", port: port) else {
            return tally.value.failed("\(port) is no port")
        }
        let seconds = Self.patience.nanoseconds / 1_000_000_000
        let alarm = loop.scheduleTask(in: Self.patience) { tally.value.failed("it is not done after \(seconds) s") }
        promise.futureResult.whenComplete { _ in alarm.cancel() }
        for (index, request) in requests.enumerated() {
            let (stream, position) = positions[index % positions.count]
            ClientBootstrap(group: loop)
                .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: Self.readBytes))
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let client = ResumeClient(request, stream, from: position, tally: tally.value)
                        try channel.pipeline.syncOperations.addHandler(client)
                    }
                }
                .connect(to: address)
                .whenFailure { tally.value.failed("a client could not connect: \($0)") }
        }
    }
}
