import NIOCore

/// What the client sends: frames that are answered at once, and messages on their way to becoming requests.
extension ClientConnection {
    func handle(_ event: WebSocketReceiver.Event) {
        let now = shard.eventLoop.now
        lastHeard = now
        if closeDeadline != nil {
            if case .close = event { closeSocket() }
            return
        }
        switch event {
        case .text(let message): take(message, isText: true, at: now)
        case .binary(let message): take(message, isText: false, at: now)
        case .ping(let payload):
            guard admitsControlFrame(at: now) else { return }
            outbox.write(pong: WebSocketFrame.pong(payload))
        case .pong:
            guard admitsControlFrame(at: now) else { return }
            isAwaitingPong = false
        case .close(let code, _):
            answerClose(code)
        case .failure(let code, let reason):
            hasFailed = true
            close(with: code, reason: reason)
            flushNow()
            // What the peer still sends is read and thrown away, so that the close frame is not lost to a reset.
            endWhenSent(.output)
        }
    }

    /// Pings need no rate of their own as long as they are about as rare as messages; a flood of them is an attack.
    func admitsControlFrame(at now: NIODeadline) -> Bool {
        guard mode == .client, !controlRate.admit(at: now, limit: 10 * shard.settings.maximumMessageRate) else {
            return true
        }
        close(.abuse, reason: "Too many control frames")
        return false
    }

    func take(_ message: ByteBuffer, isText: Bool, at now: NIODeadline) {
        shard.counters.messagesReceived.add()
        if mode == .echo {
            shard.counters.messagesSent.add()
            return outbox.write(isText ? WebSocketFrame.text(message) : WebSocketFrame.binary(message))
        }
        // Where the question was a text, whatever the client says answers it; what waits behind a request of its own too.
        if isAwaitingPong, shard.dialects[dialect].keepAlive != .pingFrame { isAwaitingPong = false }
        // A client that floods and does not read must not fill its outbox with complaints.
        guard messageRate.admit(at: now, limit: shard.settings.maximumMessageRate) else {
            if !outbox.isBehind { send(.error(.rateLimit(perSecond: shard.settings.maximumMessageRate)), in: dialect) }
            return
        }
        guard requests.isEmpty, takesRequests else { return keep(message) }
        answer(message)
    }

    /// It comes while an earlier one is not answered yet.
    private func keep(_ message: ByteBuffer) {
        if isFullOfRequests { send(.error(.tooManyWaiting), in: dialect) } else { requests.append(message) }
    }

    func answer(_ message: ByteBuffer) {
        // Who speaks a dialect that is not mixed with others speaks that one only.
        if shard.dialects[dialect].marker != nil, let marked = shard.dialects.dialect(markedIn: message) {
            dialect = marked
        }
        do throws(ClientRequest.Failure) {
            try handle(shard.dialects[dialect].request(message, in: shard.hub.catalog))
        } catch {
            greetIfNeeded()
            send(.error(error.error), in: dialect, id: error.id)
        }
    }
}
