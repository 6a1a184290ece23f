import Glibc
import NIOCore
import NIOPosix

/// How a client gets its connection.
extension LoadClient {
    static let maximumAttempts = 8
    /// A slow client's socket takes little, so that it is the server that has to hold what is not read.
    static let slowReceiveBuffer = 32 << 10
    /// What a client that reads at a trickle reads at a time.
    static let trickleBytes = 1024

    func connect() {
        attempts += 1
        generation += 1
        (phase, closeReason, refusal, awaitedReplies) = (.connecting, nil, nil, 0)
        let generation = generation
        let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        let pace = isSlow && loop.settings.slowKind == .steady ? loop.settings.slowRate : nil
        var bootstrap = ClientBootstrap(group: loop.eventLoop)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            // The port is chosen when the server is known: a source address then has its ports for each server.
            .channelOption(.socket(SocketOptionLevel(IPPROTO_IP), SocketOptionName(IP_BIND_ADDRESS_NO_PORT)), value: 1)
            .connectTimeout(.seconds(10))
            .bind(to: loop.settings.sources.address(ofClient: index))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let pace { try channel.pipeline.syncOperations.addHandler(PacedReads(bytesPerSecond: pace)) }
                    try channel.pipeline.syncOperations.addHandler(bound.value)
                }
            }
        if isSlow {
            let bytes = pace == nil ? Self.slowReceiveBuffer : loop.settings.slowBuffer
            bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: .init(bytes))
        }
        if let pace {
            let allocator = FixedSizeRecvByteBufferAllocator(capacity: PacedReads.pieceBytes(bytesPerSecond: pace))
            bootstrap = bootstrap.channelOption(.recvAllocator, value: allocator)
        } else if isSlow, loop.settings.slowKind == .trickle {
            let allocator = FixedSizeRecvByteBufferAllocator(capacity: Self.trickleBytes)
            bootstrap = bootstrap.channelOption(.recvAllocator, value: allocator)
        } else {
            bootstrap = bootstrap.channelOption(.recvAllocator, value: SharedReadAllocator(loop.buffers))
        }
        bootstrap.connect(to: loop.settings.server(ofClient: index).address)
            .assumeIsolated()
            .whenFailure { [self] error in
                if generation == self.generation { hasEnded(ErrorWords.of(error)) }
            }
    }

    /// From now on it reads nothing by itself.
    func slowDown() {
        guard phase == .live, loop.settings.slowKind != .steady else { return }
        try? channel?.syncOptions?.setOption(.autoRead, value: false)
    }

    /// One read of a client at a trickle.
    func trickle() { if phase == .live { channel?.read() } }

    func readAgain() {
        guard phase == .live else { return }
        try? channel?.syncOptions?.setOption(.autoRead, value: true)
    }
}
