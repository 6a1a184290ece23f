import Core
import NIOCore
import NIOPosix

/// Publishes to a nats-server as any client does: `PUB`, without acknowledgement.
final class PlainNATSOutlet: PublishingOutlet {
    private let channel: any Channel
    private let streams: LoadStreams
    private let bytes: Int
    private let pad: ByteBuffer
    private let state: NATSState

    init(_ options: LoadOptions, _ endpoint: Endpoint, _ streams: LoadStreams) async throws {
        self.streams = streams
        bytes = options.bytes
        pad = PublicationData.pad(options.bytes)
        let state = NATSState()
        self.state = state
        do {
            channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup(numberOfThreads: 1))
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(NATSAnswers(state))
                    }
                }
                .connect(to: endpoint.resolve()).get()
        } catch {
            throw LoadFailure("no nats-server at \(endpoint): \(ErrorWords.of(error))")
        }
        let hello = #"CONNECT {"verbose":false,"pedantic":false,"lang":"swift","version":"0","name":"loadtest"}"#
        try await channel.writeAndFlush(ByteBuffer(string: hello + "\r\nPING\r\n")).get()
        for _ in 0..<100 where !state.isReady {
            if let problem = state.problem { throw LoadFailure("\(endpoint): \(problem)") }
            try await Task.sleep(for: .milliseconds(50))
        }
        guard state.isReady else { throw LoadFailure("\(endpoint) does not answer as a nats-server") }
    }

    func publish(_ batch: [PlannedPublication]) async throws {
        if let problem = state.problem { throw LoadFailure(problem) }
        var buffer = channel.allocator.buffer(capacity: batch.count * (bytes + 40))
        for planned in batch {
            buffer.writeString("PUB \(streams.names[planned.stream].canonical) \(bytes)\r\n")
            buffer.writeImmutableBuffer(
                PublicationData.make(time: planned.time, number: planned.number, bytes: bytes, pad: pad)
            )
            buffer.writeStaticString("\r\n")
        }
        try await channel.writeAndFlush(buffer).get()
    }

    func close() async { try? await channel.close() }
}
