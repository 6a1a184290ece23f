import NIOCore
import NIOWebSocket

/// One client's connection: its subscriptions, and whether it is stalled.
///
/// Lives on the simulator's loop. What it queues is the channel's outbound buffer, bounded by `maximumPending`: a
/// client that reads too slowly for that is disconnected. What it queues inbound while stalled is bounded because it
/// stops reading then.
final class ClientSession: FrameSink {
    static let maximumPending = 64 * 1_024 * 1_024

    let channel: any Channel
    let interpreter: RequestInterpreter
    /// Each subscribed topic with the token of the request that subscribed it: a delayed start checks it, so that a
    /// topic that was unsubscribed and subscribed again meanwhile is started once.
    private(set) var subscriptions: [String: Int] = [:]
    private(set) var argumentCharacters = 0
    private(set) var framesSent = 0
    private(set) var bytesSent = 0
    private(set) var isStalled = false
    /// Frames that were on their way in when the stall began.
    var deferred: [WebSocketFrame] = []
    /// The monotonic time of the last frame either way.
    var lastActivity = NIODeadline.now()

    private var needsFlush = false

    init(channel: any Channel, connectionID: String) {
        self.channel = channel
        interpreter = RequestInterpreter(connectionID: connectionID)
    }

    func subscribe(_ topics: [String], token: Int) {
        for topic in topics {
            subscriptions[topic] = token
            argumentCharacters += RequestInterpreter.cost(of: topic)
        }
    }

    func unsubscribe(_ topic: String) {
        guard subscriptions.removeValue(forKey: topic) != nil else { return }
        argumentCharacters -= RequestInterpreter.cost(of: topic)
    }

    func send(_ frame: ByteBuffer) {
        send(WebSocketFrame(fin: true, opcode: .text, data: frame))
        guard !isStalled else { return }
        framesSent += 1
        bytesSent += frame.readableBytes
    }

    func send(_ frame: WebSocketFrame) {
        guard !isStalled else { return }
        channel.write(frame, promise: nil)
        needsFlush = true
    }

    /// Hands what was written to the socket; `false` when the client is too far behind.
    func flush(at now: NIODeadline) -> Bool {
        guard needsFlush else { return true }
        needsFlush = false
        lastActivity = now
        channel.flush()
        let pending = (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        return pending <= Self.maximumPending
    }

    func beginStall() {
        isStalled = true
        try? channel.syncOptions?.setOption(.autoRead, value: false)
    }

    func endStall() {
        isStalled = false
        try? channel.syncOptions?.setOption(.autoRead, value: true)
    }
}
