import NIOCore
import Shared

/// From the turn's chain to the socket, and what waits where that is full.
extension ClientConnection {
    /// Bytes that wait for the socket.
    var waitingBytes: Int { chain.bytes + (backlog.map { $0.bytes + $0.inFlight } ?? 0) }

    /// Whether the next publication may be written to it, of whatever class and stream.
    var takesAll: Bool { restraints == 0 && backlog == nil && chain.bytes < SendBuffer.plenty }

    /// Whether a publication of this class may be written to it. What this turn has written is handed to the socket first
    /// where it is much: only what the socket does not take counts against the client.
    func hasRoom(for deliveryClass: DeliveryClass) -> Bool {
        if backlog == nil {
            guard chain.bytes >= SendBuffer.plenty else { return true }
            flushNow()
        }
        guard let backlog else { return true }
        let messages = backlog.count + Int(chain.count)
        return shard.settings.outbox.admits(deliveryClass, bytes: waitingBytes, messages: messages)
    }

    /// Sends what this turn has written; false where there was nothing, or the socket is full anyway.
    @discardableResult
    func flushNow() -> Bool {
        guard !chain.isEmpty, context != nil else { return false }
        if let backlog {
            keepChain(in: backlog)
            return false
        }
        if let socket { sendChain(to: socket) } else { sendChainThroughBacklog() }
        return true
    }

    /// For how long its socket has taken nothing of what waits for it; nil where it takes some, or nothing waits.
    func stalledTime(at now: NIODeadline) -> TimeAmount? {
        guard let backlog, let options = context?.channel.syncOptions else { return nil }
        let inChannel = (try? options.getOption(.bufferedWritableBytes)) ?? backlog.inFlight
        return backlog.stalledTime(inChannel: inChannel, at: now)
    }

    /// What waits is not sent any more, but for a frame that has begun.
    func dropWaiting() {
        shard.turn.removeAll(from: &chain)
        hasReplied = false
        guard let backlog else { return }
        shard.backlogBytes -= backlog.bytes
        backlog.removeAll()
    }

    /// The connection has ended.
    func forgetWaiting() {
        dropWaiting()
        guard let backlog else { return }
        shard.backlogBytes -= backlog.inFlight
        endBacklog(backlog)
    }

    private func endBacklog(_ backlog: Backlog) {
        backlog.connection = nil
        self.backlog = nil
        shard.removeBacklog(of: self, backlog)
    }

    private func sendChain(to socket: ClientSocket) {
        let outcome: ClientSocket.Outcome
        if chain.count == 1 {
            outcome = socket.send(shard.turn.firstBytes(of: chain))
        } else if chain.bytes <= SendBuffer.capacity {
            let buffer = shard.sendBuffer
            buffer.removeAll()
            shard.turn.gather(chain, into: buffer)
            outcome = socket.send(buffer.contents)
        } else {
            // More than one call sends.
            return sendChainThroughBacklog()
        }
        guard case .taken(let taken) = outcome else { return closeSocket() }
        if taken == chain.bytes {
            hasReplied = false
            return shard.turn.removeAll(from: &chain)
        }
        keepChain(after: taken)
        pump()
    }

    /// The socket has taken so many bytes of it: it gets the rest of what it has begun through the channel, then the others.
    private func keepChain(after taken: Int) {
        let backlog = startBacklog()
        let frames = shard.turn.frames(of: chain)
        shard.turn.removeAll(from: &chain)
        var left = taken
        var begun: ByteBuffer?
        for frame in frames {
            if begun == nil, left >= frame.readableBytes {
                left -= frame.readableBytes
            } else if begun == nil {
                begun = frame.rest(after: left)
            } else {
                backlog.append(frame)
                shard.backlogBytes += frame.readableBytes
            }
        }
        if let begun { hand(begun, of: backlog, hadReply: false) }
        markReply(in: backlog)
    }

    private func sendChainThroughBacklog() {
        keepChain(in: startBacklog())
        pump()
    }

    private func startBacklog() -> Backlog {
        let backlog = Backlog()
        backlog.connection = self
        self.backlog = backlog
        shard.addBacklog(of: self, backlog)
        return backlog
    }

    private func keepChain(in backlog: Backlog) {
        shard.backlogBytes += chain.bytes
        for frame in shard.turn.frames(of: chain) { backlog.append(frame) }
        shard.turn.removeAll(from: &chain)
        markReply(in: backlog)
    }

    private func markReply(in backlog: Backlog) {
        if hasReplied { backlog.markReply() }
        hasReplied = false
    }

    /// Sends from the backlog until the socket is full again or nothing waits.
    private func pump() {
        guard !isPumping else { return }
        isPumping = true
        while let backlog, backlog.inFlight == 0, context != nil {
            if backlog.isEmpty {
                endBacklog(backlog)
            } else if let socket {
                send(backlog, to: socket)
            } else {
                sendThroughChannel(backlog)
            }
        }
        isPumping = false
        guard context != nil else { return }
        if backlog == nil, let ending { return end(ending) }
        // Without a backlog only this turn's frames wait, and not for the socket.
        if !owed.isEmpty, backlog == nil || waitingBytes <= shard.settings.outbox.settlingBytes { shard.settle(self) }
        resumeReading()
        // Answers to requests that have waited for this.
        flushNow()
    }

    private func send(_ backlog: Backlog, to socket: ClientSocket) {
        guard let first = backlog.first else { return }
        let buffer = shard.sendBuffer
        buffer.removeAll()
        backlog.gather(into: buffer)
        let length = max(buffer.count, first.readableBytes)
        let hadReply = backlog.holdsReply
        let outcome = buffer.count > 0 ? socket.send(buffer.contents) : socket.send(first)
        guard case .taken(let taken) = outcome else { return closeSocket() }
        shard.backlogBytes -= taken
        var left = taken
        while let next = backlog.first, left >= next.readableBytes {
            left -= next.readableBytes
            backlog.removeFirst()
        }
        guard taken < length, let next = backlog.first else { return }
        backlog.removeFirst()
        shard.backlogBytes -= next.readableBytes - left
        hand(next.rest(after: left), of: backlog, hadReply: hadReply)
    }

    private func sendThroughChannel(_ backlog: Backlog) {
        guard let first = backlog.first else { return }
        let buffer = shard.sendBuffer
        buffer.removeAll()
        backlog.gather(into: buffer)
        var piece = first
        if buffer.count > first.readableBytes { piece = ByteBuffer(bytes: buffer.contents) }
        var left = piece.readableBytes
        let hadReply = backlog.holdsReply
        shard.backlogBytes -= left
        while let next = backlog.first, left >= next.readableBytes {
            left -= next.readableBytes
            backlog.removeFirst()
        }
        hand(piece, of: backlog, hadReply: hadReply)
    }

    /// Lets the channel send it: it is told by the system when the socket takes more.
    private func hand(_ piece: ByteBuffer, of backlog: Backlog, hadReply: Bool) {
        guard let context else { return }
        backlog.begin(piece.readableBytes, hadReply: hadReply)
        shard.backlogBytes += piece.readableBytes
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { result in
            backlog.connection?.channelTook(piece.readableBytes, result)
        }
        context.writeAndFlush(wrapOutboundOut(piece), promise: promise)
    }

    private func channelTook(_ count: Int, _ result: Result<Void, any Error>) {
        // The channel fails what it could not write before it says that it is gone; its socket is closed already.
        if case .failure = result { socket = nil }
        guard let backlog, case .success = result else { return }
        shard.backlogBytes -= count
        backlog.endPiece()
        pump()
    }
}

extension ByteBuffer {
    fileprivate func rest(after count: Int) -> ByteBuffer {
        var rest = self
        rest.moveReaderIndex(forwardBy: count)
        return rest
    }
}
