import Core
import NIOCore

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
        guard shard.settings.outbox.admits(deliveryClass, bytes: waitingBytes, messages: messages) else { return false }
        guard deliveryClass != .event else { return true }
        noteDoubt(of: backlog)
        let now = shard.eventLoop.now
        let debt = owed.first.map { now - $0.since }
        let age = max(backlog.age(at: now), pace.time(for: waitingBytes)) + backlog.doubt
        return OutboxLimits.admits(deliveryClass, age: age, debt: debt)
    }

    /// Whether what was held back may be sent: next to nothing waits in front of it.
    var isReadyToSettle: Bool {
        !isClosing && (backlog == nil || waitingBytes <= shard.settings.outbox.settlingBytes)
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

    /// Of CLIENT_PING_TIMEOUT: so long at most a pong may be late where nothing shows that the client is behind. What stands in its
    /// own receive buffer, and that it has not read yet, nobody sees before the buffer is full.
    private static let patienceForPong: Int64 = 6

    /// Whether its pong may be late because it has much to read in front of the ping: the kernel has bytes that its window has
    /// no room for, or had, and its own buffer has the rest.
    func mayReadLate(at now: NIODeadline) -> Bool {
        guard let transport else { return false }
        if pace.isSlow || transport.unsent > 0 || !pace.isMeasured && transport.wasWindowFull { return true }
        return now < lastPing + .nanoseconds(shard.settings.pingTimeout.nanoseconds * Self.patienceForPong)
    }

    /// For how long its side has acknowledged nothing; nil where it has since the last look. To be asked by each sweep while
    /// something waits for it.
    func stalledTime(at now: NIODeadline) -> TimeAmount? {
        guard let context else { return nil }
        if let acknowledged = transport?.acknowledged {
            return stall.stalledTime(taken: acknowledged, at: now)
        }
        // In tests: what the channel has handed on.
        guard let backlog else { return nil }
        let inChannel = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? backlog.inFlight
        return stall.stalledTime(taken: UInt64(max(0, backlog.handed - inChannel)), at: now)
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

    /// Part of `flush`'s loop over thousands of clients: what is not on their way stands apart.
    @inline(__always)
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
        keepRest(after: taken)
    }

    @inline(never)
    private func keepRest(after taken: Int) {
        keepChain(after: taken)
        pump()
    }

    /// The socket has taken so many bytes of it: it gets the rest of what it has begun through the channel, then the others.
    private func keepChain(after taken: Int) {
        let backlog = startBacklog()
        let now = shard.eventLoop.now
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
                backlog.append(frame, at: now)
                shard.backlogBytes += frame.readableBytes
            }
        }
        if let begun { hand(begun, of: backlog, hadReply: false) }
        markReply(in: backlog)
    }

    @inline(never)
    private func sendChainThroughBacklog() {
        keepChain(in: startBacklog())
        pump()
    }

    private func startBacklog() -> Backlog {
        let backlog = Backlog()
        backlog.connection = self
        // All that was before has been taken.
        stall.reset()
        self.backlog = backlog
        shard.addBacklog(of: self, backlog)
        return backlog
    }

    private func keepChain(in backlog: Backlog) {
        shard.backlogBytes += chain.bytes
        let now = shard.eventLoop.now
        for frame in shard.turn.frames(of: chain) { backlog.append(frame, at: now) }
        shard.turn.removeAll(from: &chain)
        markReply(in: backlog)
    }

    private func markReply(in backlog: Backlog) {
        if hasReplied { backlog.markReply() }
        hasReplied = false
    }

    /// Sends from the backlog until the socket is full again or nothing waits.
    func pump() {
        guard !isPumping else { return }
        isPumping = true
        while let backlog, backlog.inFlight == 0, context != nil {
            if backlog.isEmpty {
                endBacklog(backlog)
            } else if let socket {
                send(backlog, to: socket)
            } else {
                let unsent = transport?.unsent ?? 0
                if unsent >= Int(pace.limit), isBehind(backlog) {
                    shard.unsentWatch.add(self)
                    measurePace()
                    break
                }
                sendThroughChannel(backlog, isWindowFull: unsent > 0)
            }
        }
        isPumping = false
        guard context != nil else { return }
        if backlog == nil, let ending { return end(ending) }
        shard.settle(self)
        resumeReading()
        // Answers to requests that have waited for this.
        flushNow()
    }

    /// Whether it is known to take little, or has not taken what waits for a while.
    private func isBehind(_ backlog: Backlog) -> Bool {
        noteDoubt(of: backlog)
        return pace.isSlow || backlog.age(at: shard.eventLoop.now) + backlog.doubt >= OutboxLimits.patienceOfLatest
    }

    private func noteDoubt(of backlog: Backlog) {
        guard backlog.doubt == .zero, !pace.isMeasured, transport?.wasWindowFull == true else { return }
        backlog.doubt = OutboxLimits.doubt
    }

    /// What is given to the socket at a time.
    private func pieceBytes(of backlog: Backlog) -> Int {
        isBehind(backlog) ? Int(pace.limit) : SendBuffer.capacity
    }

    /// To be called now and then while it has a backlog.
    private func measurePace() {
        let now = shard.eventLoop.now
        guard pace.isDue(at: now), let transport, let acknowledged = transport.acknowledged,
            pace.measure(acknowledged: acknowledged, at: now)
        else { return }
        transport.limitUnsent(to: pace.limit)
        backlog?.doubt = .zero
    }

    private func send(_ backlog: Backlog, to socket: ClientSocket) {
        guard let first = backlog.first else { return }
        let buffer = shard.sendBuffer
        buffer.removeAll()
        backlog.gather(into: buffer, upTo: pieceBytes(of: backlog))
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

    /// - Parameter isWindowFull: Then it is looked at again after little.
    private func sendThroughChannel(_ backlog: Backlog, isWindowFull: Bool) {
        guard let first = backlog.first else { return }
        let buffer = shard.sendBuffer
        buffer.removeAll()
        backlog.gather(into: buffer, upTo: isWindowFull ? Int(pace.limit) : pieceBytes(of: backlog))
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
        backlog.begin(piece.readableBytes, hadReply: hadReply, at: shard.eventLoop.now)
        shard.backlogBytes += piece.readableBytes
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { result in
            backlog.connection?.channelTook(piece.readableBytes, result)
        }
        context.writeAndFlush(wrapOutboundOut(piece), promise: promise)
    }

    private func channelTook(_ count: Int, _ result: Result<Void, any Error>) {
        // The channel fails what it could not write before it says that it is gone; its socket is closed already.
        if case .failure = result { (socket, transport) = (nil, nil) }
        guard let backlog, case .success = result else { return }
        shard.backlogBytes -= count
        backlog.endPiece()
        // Under TLS all goes this way: what goes out at once says nothing of the client's pace.
        if let transport, transport.unsent > 0 { measurePace() }
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
