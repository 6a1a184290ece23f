import BybitSimulator
import Core
import Logging
import NIOCore
import NIOPosix
import Platform

/// Takes real frames off the simulator's socket, to be measured with later.
enum FrameRecorder {
    /// The first `count` data frames of `topic`, from its snapshot on.
    static func record(_ topic: String, count: Int) async throws -> [ByteBuffer] {
        var configuration = SimulatorConfiguration()
        configuration.rate = SimulatorConfiguration.maximumRate
        let simulator = BybitSimulator(configuration: configuration, logger: Logger(label: "simulator"))
        let port = try await simulator.start()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let (frames, continuation) = AsyncStream.makeStream(of: ByteBuffer.self)
        let channel = try await WebSocketClient(group: group)
            .connect(to: WebSocketURL("ws://127.0.0.1:\(port)/v5/public/linear")) { _ in
                Listener(topic: topic, continuation: continuation)
            }
        var recorded: [ByteBuffer] = []
        for await frame in frames {
            recorded.append(frame)
            if recorded.count == count { break }
        }
        try await channel.close()
        await simulator.stop()
        try await group.shutdownGracefully()
        return recorded
    }

    private final class Listener: WebSocketClientDelegate {
        private let topic: String
        private let continuation: AsyncStream<ByteBuffer>.Continuation

        init(topic: String, continuation: AsyncStream<ByteBuffer>.Continuation) {
            self.topic = topic
            self.continuation = continuation
        }

        func opened(_ connection: WebSocketConnection) {
            let request = JSONWriter.object {
                $0.string("req_id", "1")
                $0.string("op", "subscribe")
                $0.strings("args", [topic])
            }
            connection.send(text: request)
        }

        func received(_ message: ByteBuffer) {
            if message.readableBytesView.starts(with: Array(#"{"topic""#.utf8)) { continuation.yield(message) }
        }

        func receivedOversized(_ beginning: ByteBuffer, bytes: Int) {}
        func readCompleted() {}
        func closed(reason: String) { continuation.finish() }
    }
}
