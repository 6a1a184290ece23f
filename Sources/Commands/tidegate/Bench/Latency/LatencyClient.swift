import Core
import NIOCore
import NIOPosix
import Platform

/// A client of a gateway with many streams, which tells a probe what it receives. Lives on its connection's loop.
final class LatencyClient: WebSocketClientDelegate {
    private let request: ByteBuffer
    private let probe: LatencyProbe

    init(_ streams: [StreamName], _ probe: LatencyProbe) {
        let text = JSONWriter.object { request in
            request.string("action", "subscribe")
            request.strings("streams", streams.map(\.canonical))
        }
        self.request = text
        self.probe = probe
    }

    /// Latencies in microseconds of what a client of the gateway on `port` with all the streams receives, after a second
    /// of warming up.
    static func measure(_ streams: [StreamName], port: Int, _ probe: LatencyProbe, seconds: Int) async throws -> [Int64]
    {
        let channel = try await WebSocketClient(group: MultiThreadedEventLoopGroup(numberOfThreads: 1))
            .connect(to: WebSocketURL("ws://127.0.0.1:\(port)/ws")) { _ in LatencyClient(streams, probe) }
        defer { channel.close(promise: nil) }
        try await Patience.wait(for: "data of all \(streams.count) streams", within: .seconds(20)) { probe.hasSeenAll }
        try await Task.sleep(for: .seconds(1))
        probe.startSampling()
        try await Task.sleep(for: .seconds(seconds))
        return probe.stopSampling()
    }

    func opened(_ connection: WebSocketConnection) { connection.send(text: request) }

    func received(_ message: ByteBuffer) {
        let now = WallClock.microseconds()
        var stream: String?
        var sequence: Int64?
        message.withUnsafeReadableBytes { bytes in
            var cursor = JSONCursor(bytes)
            try? cursor.object { (key, cursor) throws(JSONError) in
                if key.equals("stream") {
                    stream = try cursor.plainString()
                } else if key.equals("seq") {
                    sequence = try cursor.integer()
                } else {
                    try cursor.skip()
                }
            }
        }
        guard let stream, let sequence = sequence.flatMap({ UInt64(exactly: $0) }) else { return }
        probe.received(stream, sequence, at: now)
    }

    func receivedOversized(_ beginning: ByteBuffer, bytes: Int) {}
    func readCompleted() {}
    func closed(reason: String) {}
}
