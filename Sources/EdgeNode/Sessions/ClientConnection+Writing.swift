import Core
import NIOCore

/// What the server says: frames into this turn's chain, replies, pings and closes.
extension ClientConnection {
    /// Writes a reply or a notice; one whose dialect has no such message is not sent.
    ///
    /// False where it can't be sent: then the client has been told so, or is on its way out, and what it would have told must
    /// not be done.
    @discardableResult
    func send(_ reply: ClientReply, in dialect: DialectID, id: String? = nil) -> Bool {
        guard !isClosing else { return false }
        let writer = shard.dialects[dialect]
        var text = writer.text(of: reply, id: id)
        let limit = shard.settings.outbox.replyBytes
        let fits = text.readableBytes <= limit
        if !fits {
            let error = ClientError.replyTooLong(bytes: text.readableBytes, limit: limit)
            text = writer.text(of: .error(error), id: id)
        }
        return send(text) && fits
    }

    /// What a dialect has written: a reply, or a greeting. Nothing where that is empty.
    @discardableResult
    func send(_ text: ByteBuffer) -> Bool {
        guard !isClosing else { return false }
        guard text.readableBytes > 0 else { return true }
        if outbox.isBehind, outbox.waitingBytes + text.readableBytes > 2 * shard.settings.outbox.replyBytes {
            closeAsSlow("it does not read the replies to its requests")
            return false
        }
        shard.counters.messagesSent.add()
        outbox.write(reply: WebSocketFrame.text(text))
        return true
    }

    /// Asks whether it is still there, in the way of its dialect.
    func sendKeepAlive(at now: NIODeadline) {
        lastPing = now
        isAwaitingPong = true
        switch shard.dialects[dialect].keepAlive {
        case .pingFrame: outbox.writeUrgently(WebSocketFrame.ping(ByteBuffer()))
        case .text(let text): outbox.writeUrgently(WebSocketFrame.text(text))
        }
    }

    /// Lets the client go, with the code that its dialect has for it.
    func close(_ departure: Departure, reason: String) {
        let code = shard.dialects[dialect].closeCode(for: departure)
        close(with: code, reason: reason, behindAll: departure == .drain)
    }

    /// Starts the close handshake: nothing but the peer's close frame counts from now on.
    ///
    /// - Parameter behindAll: Whether what waits is still sent in front of it.
    func close(with code: CloseCode, reason: String, behindAll: Bool = false) {
        guard !isClosing else { return }
        shard.forgetSubscriptions(of: self)
        forgetRequests()
        // It is the last frame: what waits for a full socket is not sent any more, but for a frame that has begun. The token
        // of a goodbye counts on all that was written before it.
        if outbox.isBehind, !behindAll { outbox.dropWaiting() }
        let frame = WebSocketFrame.close(code, reason: reason)
        if behindAll { outbox.write(frame) } else { outbox.writeUrgently(frame) }
        closeDeadline = shard.eventLoop.now + shard.settings.closeTimeout
        resumeReading()
    }

    /// Whoever does not take what is sent is let go; what waits for it is worth nothing, since it will resume.
    func closeAsSlow(_ reason: String) {
        guard !isClosing else { return }
        shard.counters.slowConsumersClosed.add()
        outbox.dropWaiting()
        close(.slow, reason: "Slow consumer: \(reason)")
    }

    /// Answers the peer's close frame and closes the socket behind it.
    func answerClose(_ code: CloseCode?) {
        shard.forgetSubscriptions(of: self)
        forgetRequests()
        outbox.dropWaiting()
        outbox.writeUrgently(WebSocketFrame.close(code))
        outbox.flush()
        closeDeadline = shard.eventLoop.now + shard.settings.closeTimeout
        endWhenSent(.socket)
    }

    /// To be called behind the last frame.
    func endWhenSent(_ ending: Ending) {
        self.ending = ending
        if !outbox.isBehind { end(ending) }
    }

    private func end(_ ending: Ending) {
        self.ending = nil
        switch ending {
        case .output: context?.close(mode: .output, promise: nil)
        case .socket: closeSocket()
        }
    }

    func forgetRequests() {
        requests.removeAll()
        pending?.connection = nil
        pending = nil
    }

    func closeSocket() {
        outbox.letGoOfSocket()
        context?.close(promise: nil)
    }

    /// Sends what this turn has written.
    func flushNow() { outbox.flush() }

    /// Has the channel send it: the system tells it when the socket takes more.
    func sendThroughChannel(_ piece: ByteBuffer, whenSent: @escaping (Result<Void, any Error>) -> Void) {
        guard let context else { return }
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete(whenSent)
        context.writeAndFlush(wrapOutboundOut(piece), promise: promise)
    }

    /// Bytes that the channel has and its socket has not taken; nil where it does not say.
    var bytesInChannel: Int? { try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes) }

    /// The outbox has sent what the socket took: there may be room for what is owed, and for the next request.
    func outboxMoved() {
        if !outbox.isBehind, let ending { return end(ending) }
        shard.settle(outbox)
        resumeReading()
        // Answers to requests that have waited for this.
        outbox.flush()
    }

    /// Of CLIENT_PING_TIMEOUT: so long at most a pong may be late where nothing shows that the client is behind. What stands in its
    /// own receive buffer, and that it has not read yet, nobody sees before the buffer is full.
    private static let patienceForPong: Int64 = 6

    /// Whether its pong may be late because it has much to read in front of the ping.
    func mayReadLate(at now: NIODeadline) -> Bool {
        guard let isFull = outbox.line.isFull else { return false }
        return isFull || now < lastPing + .nanoseconds(shard.settings.pingTimeout.nanoseconds * Self.patienceForPong)
    }
}
