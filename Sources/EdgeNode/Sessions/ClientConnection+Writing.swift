import NIOCore
import Shared

/// What the server says: frames into this turn's chain, replies, pings and closes.
extension ClientConnection {
    /// Writes a frame; it is sent at the end of the shard's turn.
    func write(_ frame: ByteBuffer) {
        let place = shard.turn.hold(frame)
        let isWritten = shard.write(place, bytes: frame.readableBytes, to: self)
        shard.turn.letGo(of: place, appendedTo: isWritten ? 1 : 0)
    }

    /// Writes a control frame: in front of what waits for a full socket.
    func writeUrgently(_ frame: ByteBuffer) {
        guard let backlog else { return write(frame) }
        backlog.appendUrgently(frame)
        shard.backlogBytes += frame.readableBytes
    }

    /// Writes a reply or a notice; one whose dialect has no such message is not sent.
    func send(_ reply: ClientReply, in dialect: Dialect, id: String? = nil) {
        let text = reply.text(in: dialect, id: id)
        guard text.readableBytes > 0, !isClosing else { return }
        if backlog != nil, waitingBytes > 2 * shard.settings.outbox.bytes {
            return closeAsSlow("it does not read the replies to its requests")
        }
        shard.counters.messagesSent.add()
        write(WebSocketFrame.text(text))
    }

    func sendPing(at now: NIODeadline) {
        lastPing = now
        isAwaitingPong = true
        writeUrgently(WebSocketFrame.ping(ByteBuffer()))
    }

    /// Starts the close handshake: nothing but the peer's close frame counts from now on.
    func close(_ code: CloseCode, reason: String) {
        guard !isClosing else { return }
        shard.forgetSubscriptions(of: self)
        let frame = WebSocketFrame.close(code, reason: reason)
        // The token of a goodbye counts on all that was written before it.
        if code == .goingAway { write(frame) } else { writeUrgently(frame) }
        closeDeadline = shard.eventLoop.now + shard.settings.closeTimeout
        pending?.connection = nil
        pending = nil
        resumeReading()
    }

    /// Whoever does not take what is sent is let go; what waits for it is worth nothing, since it will resume.
    func closeAsSlow(_ reason: String) {
        guard !isClosing else { return }
        shard.counters.slowConsumersClosed.add()
        dropWaiting()
        close(.slowConsumer, reason: "Slow consumer: \(reason)")
    }

    /// Answers the peer's close frame and closes the socket behind it.
    func answerClose(_ code: CloseCode?) {
        shard.forgetSubscriptions(of: self)
        dropWaiting()
        writeUrgently(WebSocketFrame.close(code))
        flushNow()
        guard backlog != nil else { return closeSocket() }
        closesWhenSent = true
        closeDeadline = shard.eventLoop.now + shard.settings.closeTimeout
    }

    func closeSocket() {
        socket = nil
        context?.close(promise: nil)
    }
}
