import NIOCore
import NIOPosix

/// Clients that come one behind the other, `atATime` of them at once, and stay. Lives on their loop.
final class HandshakeTally {
    /// Enough that the node has always some to go on with; all at once, and the kernel's queue of connects is measured.
    private static let atATime = 128
    /// Enough for the answer and the node's greeting.
    private static let readBytes = 2048

    private let requests: [ByteBuffer]
    private let address: SocketAddress
    private let loop: any EventLoop
    private let outcome: EventLoopPromise<Void>
    private var next = 0
    private var here = 0
    private var isOver = false

    /// - Parameter outcome: Kept when all clients are upgraded.
    init(
        _ requests: [ByteBuffer],
        to address: SocketAddress,
        on loop: any EventLoop,
        outcome: EventLoopPromise<Void>
    ) {
        self.requests = requests
        self.address = address
        self.loop = loop
        self.outcome = outcome
    }

    func start() {
        for _ in 0..<Self.atATime { connectNext() }
    }

    func upgraded() {
        here += 1
        connectNext()
        guard here == requests.count, !isOver else { return }
        isOver = true
        outcome.succeed(())
    }

    /// The first failure is the round's; what comes when it is over is none.
    func failed(_ reason: String) {
        guard !isOver else { return }
        isOver = true
        outcome.fail(BenchFailure.failed("\(reason) (\(here) of \(requests.count) clients had their upgrade)"))
    }

    private func connectNext() {
        guard next < requests.count, !isOver else { return }
        let request = requests[next]
        next += 1
        let bound = NIOLoopBound(self, eventLoop: loop)
        ClientBootstrap(group: loop)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: Self.readBytes))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(HandshakeClient(request, bound.value))
                }
            }
            .connect(to: address)
            .whenFailure { bound.value.failed("a client could not connect: \($0)") }
    }
}

@available(*, unavailable)
extension HandshakeTally: Sendable {}
