import Core
import Logging
import NIOCore
import Platform

/// The ways out: each says the last frame, and closes the socket behind it.
extension ClientConnection {
    /// Lets the client go, with the code that its dialect has for it.
    func close(_ departure: Departure, reason: String) {
        close(with: session.dialect.closeCode(for: departure), reason: reason, behindAll: departure == .drain)
    }

    /// Starts the close handshake: nothing but the peer's close frame counts from now on.
    ///
    /// - Parameter behindAll: Whether what waits is still sent in front of it.
    private func close(with code: CloseCode, reason: String, behindAll: Bool = false) {
        guard !isClosing else { return }
        handshake.note(.node(code))
        shard.subscriptions.endAll(of: self)
        session.forgetRequests()
        // It is the last frame: what waits for a full socket is not sent any more, but for a frame that has begun. The token
        // of a goodbye counts on all that was written before it.
        if outbox.isBehind, !behindAll { outbox.dropWaiting() }
        let frame = WebSocketFrame.close(code, reason: reason)
        if behindAll { outbox.write(frame) } else { outbox.writeUrgently(frame) }
        handshake.begin(until: shard.eventLoop.now + shard.settings.closeTimeout)
        resumeReading()
    }

    /// Whoever does not take what is sent is let go; what waits for it is worth nothing, since it will resume.
    func closeAsSlow(_ reason: String) {
        guard !isClosing else { return }
        shard.counters.slowConsumersClosed.add()
        shard.hub.logger.log(
            .info,
            key: "slow",
            "closing a client that does not take what it is sent",
            metadata: logged([
                "code": "\(session.dialect.closeCode(for: .slow).rawValue)", "reason": "\(reason)",
            ])
        )
        outbox.dropWaiting()
        close(.slow, reason: "Slow consumer: \(reason)")
    }

    /// The peer has broken a rule of the protocol.
    func fail(_ code: CloseCode, _ reason: String) {
        handshake.fail()
        close(with: code, reason: reason)
        flushNow()
        // What the peer still sends is read and thrown away, so that the close frame is not lost to a reset.
        endWhenSent(.output)
    }

    /// Answers the peer's close frame and closes the socket behind it.
    func answerClose(_ code: CloseCode?) {
        handshake.note(.client(code))
        shard.subscriptions.endAll(of: self)
        session.forgetRequests()
        outbox.dropWaiting()
        outbox.writeUrgently(WebSocketFrame.close(code))
        outbox.flush()
        handshake.begin(until: shard.eventLoop.now + shard.settings.closeTimeout)
        endWhenSent(.socket)
    }

    /// To be called behind the last frame.
    private func endWhenSent(_ ending: CloseHandshake.Ending) {
        handshake.end(with: ending)
        if !outbox.isBehind { endIfAsked() }
    }

    /// All that waited has been sent. False where nothing is to be closed behind it.
    @discardableResult
    func endIfAsked() -> Bool {
        switch handshake.takeEnding() {
        case .output: context?.close(mode: .output, promise: nil)
        case .socket: closeSocket()
        case nil: return false
        }
        return true
    }

    func closeSocket() {
        handshake.note(.node(nil))
        outbox.letGoOfSocket()
        context?.close(promise: nil)
    }

    /// It has ended: counted always, and in the log for who looks for one client.
    func noteEnding() {
        let ending = handshake.cause ?? .network
        shard.counters.endings.add(ending)
        shard.hub.logger.log(
            .debug,
            key: "left",
            "a client has left",
            metadata: logged(["code": "\(ending.codeText)", "closed_by": "\(ending.side.rawValue)"])
        )
    }

    /// The fields of a line about it: which it is, whose, and what else is to be said.
    func logged(_ more: Logger.Metadata = [:]) -> Logger.Metadata {
        var fields = ConnectionFields(number: number, address: address).with(more)
        fields["user"] = "\(principal.user ?? "-")"
        return fields
    }
}
