import NIOCore

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

    /// Answers a ping: no more than some pongs wait for a client that does not read them.
    func writePong(_ payload: ByteBuffer) {
        let frame = WebSocketFrame.pong(payload)
        guard let backlog else { return write(frame) }
        shard.backlogBytes += backlog.append(pong: frame)
    }

    /// Writes a reply or a notice; one whose dialect has no such message is not sent.
    ///
    /// False where it can't be sent: then the client has been told so, or is on its way out, and what it would have told must
    /// not be done.
    @discardableResult
    func send(_ reply: ClientReply, in dialect: Dialect, id: String? = nil) -> Bool {
        guard !isClosing else { return false }
        var text = reply.text(in: dialect, id: id)
        let limit = shard.settings.outbox.replyBytes
        let fits = text.readableBytes <= limit
        if !fits {
            let error = ClientError.replyTooLong(bytes: text.readableBytes, limit: limit)
            text = ClientReply.error(error).text(in: dialect, id: id)
        }
        guard text.readableBytes > 0 else { return true }
        if backlog != nil, waitingBytes + text.readableBytes > 2 * limit {
            closeAsSlow("it does not read the replies to its requests")
            return false
        }
        shard.counters.messagesSent.add()
        hasReplied = true
        write(WebSocketFrame.text(text))
        return fits
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
        forgetRequests()
        // It is the last frame: what waits for a full socket is not sent any more, but for a frame that has begun. The token
        // of a goodbye counts on all that was written before it.
        if backlog != nil, code != .goingAway { dropWaiting() }
        let frame = WebSocketFrame.close(code, reason: reason)
        if code == .goingAway { write(frame) } else { writeUrgently(frame) }
        closeDeadline = shard.eventLoop.now + shard.settings.closeTimeout
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
        forgetRequests()
        dropWaiting()
        writeUrgently(WebSocketFrame.close(code))
        flushNow()
        closeDeadline = shard.eventLoop.now + shard.settings.closeTimeout
        endWhenSent(.socket)
    }

    /// To be called behind the last frame.
    func endWhenSent(_ ending: Ending) {
        self.ending = ending
        if backlog == nil { end(ending) }
    }

    func end(_ ending: Ending) {
        self.ending = nil
        switch ending {
        case .output: context?.close(mode: .output, promise: nil)
        case .socket: closeSocket()
        }
    }

    private func forgetRequests() {
        requests.removeAll()
        pending?.connection = nil
        pending = nil
    }

    func closeSocket() {
        (socket, transport) = (nil, nil)
        context?.close(promise: nil)
    }
}
