import NIOCore
import NIOPosix

/// The clients of one round, from one event loop.
struct HandshakeCrowd {
    private static let patience = TimeAmount.seconds(60)

    let port: Int
    /// Of each client.
    let requests: [ByteBuffer]

    /// Returns when all connections are closed. `whenHere` runs when each client has its upgrade, while they are open.
    func run<Result>(_ whenHere: () async throws -> Result) async throws -> Result {
        let address = try SocketAddress(ipAddress: "127.0.0.1", port: port)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let promise = loop.makePromise(of: Void.self)
        loop.execute { start(address, on: loop, promise) }
        do {
            try await promise.futureResult.get()
            let result = try await whenHere()
            try await group.shutdownGracefully()
            return result
        } catch {
            try await group.shutdownGracefully()
            throw error
        }
    }

    private func start(_ address: SocketAddress, on loop: any EventLoop, _ promise: EventLoopPromise<Void>) {
        let tally = NIOLoopBound(
            HandshakeTally(requests, to: address, on: loop, outcome: promise),
            eventLoop: loop
        )
        let seconds = Self.patience.nanoseconds / 1_000_000_000
        let alarm = loop.scheduleTask(in: Self.patience) { tally.value.failed("it is not done after \(seconds) s") }
        promise.futureResult.whenComplete { _ in alarm.cancel() }
        tally.value.start()
    }
}
