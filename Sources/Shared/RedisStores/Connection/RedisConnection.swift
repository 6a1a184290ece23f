import NIOCore
import Platform

/// One connection to Redis: bytes in, replies out to its consumer, commands in, bytes out. The last handler of its
/// channel, bound to the channel's loop.
///
/// What is written in one turn of the loop is flushed once. What is written and not yet sent is bounded by whoever
/// writes: see `PendingReplies`.
final class RedisConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let address: String
    /// Holds the connection as well; let go when the connection is closed.
    var consumer: (any RedisReplyConsumer)?
    /// Called with the reason, in words, before the consumer hears of it: whoever is told that a command failed then
    /// finds that the connection is down.
    var onClose: ((String) -> Void)?
    /// The server says whether it is the primary, when it is asked.
    var tellsRole = false
    private let reader: RESPReader
    private var context: ChannelHandlerContext?
    private var isFlushPlanned = false
    /// Why it was closed; nil where Redis did it.
    private var reason: RedisError?

    init(address: String, maximumReplyBytes: Int) throws(RedisError) {
        self.address = address
        reader = try RESPReader(maximumReplyBytes: maximumReplyBytes)
    }

    /// In words.
    var closeReason: String { reason?.description ?? "Redis closed the connection" }

    func write(_ bytes: ByteBuffer) {
        guard let context else { return }
        context.write(wrapOutboundOut(bytes), promise: nil)
        guard !isFlushPlanned else { return }
        isFlushPlanned = true
        context.eventLoop.assumeIsolated().execute { [self] in
            isFlushPlanned = false
            self.context?.flush()
        }
    }

    /// For its users it is closed at once, however long TLS takes to say goodbye. The first reason stands.
    func close(because error: RedisError) {
        if reason == nil { reason = error }
        let context = context
        finish()
        context?.close(promise: nil)
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        do throws(RedisError) {
            try reader.read(unwrapInboundIn(data)) { consumer?.received($0) }
        } catch {
            close(because: error)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) { consumer?.readCompleted() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        close(because: .connectionLost(address: address, reason: NetworkFailure.words(error)))
    }

    func channelInactive(context: ChannelHandlerContext) { finish() }

    private func finish() {
        context = nil
        let (consumer, onClose) = (consumer, onClose)
        (self.consumer, self.onClose) = (nil, nil)
        onClose?(closeReason)
        consumer?.closed(reason ?? .connectionLost(address: address, reason: closeReason))
    }
}

@available(*, unavailable)
extension RedisConnection: Sendable {}
