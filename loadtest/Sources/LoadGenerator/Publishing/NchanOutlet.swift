import Core
import NIOCore
import NIOHTTP1
import NIOPosix

/// Publishes to nginx with nchan: a POST for each publication over one connection that is kept, all of a batch written
/// before the first answer is awaited. What nginx did not answer before it closed the connection, as it does after so many
/// requests, is posted again over a new one.
final class NchanOutlet: PublishingOutlet {
    private let endpoint: Endpoint
    private let address: SocketAddress
    private let streams: LoadStreams
    private let bytes: Int
    private let pad: ByteBuffer
    private let eventLoop = MultiThreadedEventLoopGroup(numberOfThreads: 1).next()
    private let connection: NIOLoopBoundBox<NchanConnection?>

    init(_ options: LoadOptions, _ endpoint: Endpoint, _ streams: LoadStreams) async throws {
        self.endpoint = endpoint
        self.streams = streams
        address = try endpoint.resolve()
        bytes = options.bytes
        pad = PublicationData.pad(options.bytes)
        connection = .makeEmptyBox(valueType: NchanConnection.self, eventLoop: eventLoop)
        try await connect()
    }

    func publish(_ batch: [PlannedPublication]) async throws {
        let posts = batch.map { planned in
            NchanConnection.Post(
                path: endpoint.path(of: streams.names[planned.stream].canonical),
                host: "\(endpoint.host):\(endpoint.port)",
                data: PublicationData.make(time: planned.time, number: planned.number, bytes: bytes, pad: pad)
            )
        }
        var rest = posts[...]
        var fruitless = 0
        while !rest.isEmpty {
            let isOpen = try await eventLoop.submit { [connection] in connection.value?.isOpen ?? false }.get()
            if !isOpen { try await connect() }
            let now = rest
            let answered = try await eventLoop.flatSubmit { [connection, eventLoop] in
                connection.value?.send(now) ?? eventLoop.makeSucceededFuture(0)
            }.get()
            rest = rest.dropFirst(answered)
            fruitless = answered > 0 ? 0 : fruitless + 1
            guard fruitless < 3 else { throw LoadFailure("nginx at \(endpoint) answers no POST") }
        }
    }

    func close() async {
        _ = try? await eventLoop.submit { [connection] in connection.value?.close() }.get()
    }

    private func connect() async throws {
        do {
            _ = try await ClientBootstrap(group: eventLoop)
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelInitializer { [connection] channel in
                    channel.eventLoop.makeCompletedFuture {
                        let handler = NchanConnection(channel.eventLoop)
                        try channel.pipeline.syncOperations.addHTTPClientHandlers()
                        try channel.pipeline.syncOperations.addHandler(handler)
                        connection.value = handler
                    }
                }
                .connect(to: address).get()
        } catch {
            throw LoadFailure("no nginx at \(endpoint): \(ErrorWords.of(error))")
        }
    }
}
