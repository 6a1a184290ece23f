import Core
import NIOCore
import Platform

/// What the server says.
extension ClientSession {
    /// Where the dialect has a greeting it comes before anything else, once: on connecting where the path tells what the client
    /// speaks, otherwise before the reply to its first request.
    func greetIfNeeded() {
        guard !hasGreeted else { return }
        let text = dialect.greeting(clientCount: shard.node.clients.get())
        guard text.readableBytes > 0 else { return }
        hasGreeted = true
        send(text)
    }

    /// Writes a reply or a notice; one whose dialect has no such message is not sent.
    ///
    /// False where it can't be sent: then the client has been told so, or is on its way out, and what it would have told must
    /// not be done.
    ///
    /// - Parameter dialect: Nil for that of its last request.
    @discardableResult
    func send(_ reply: ClientReply, in dialect: DialectID? = nil, id: String? = nil) -> Bool {
        guard !connection.isClosing else { return false }
        let writer = shard.dialects[dialect ?? current]
        var text = writer.text(of: reply, id: id)
        let limit = shard.settings.outbox.replyBytes
        let fits = text.readableBytes <= limit
        if !fits {
            let error = ClientError.replyTooLong(bytes: text.readableBytes, limit: limit)
            text = writer.text(of: .error(error), id: id)
        }
        return send(text) && fits
    }

    /// What a dialect has written. Nothing where that is empty.
    @discardableResult
    private func send(_ text: ByteBuffer) -> Bool {
        let outbox = connection.outbox
        guard !connection.isClosing else { return false }
        guard text.readableBytes > 0 else { return true }
        if outbox.isBehind, outbox.waitingBytes + text.readableBytes > 2 * shard.settings.outbox.replyBytes {
            connection.closeAsSlow("it does not read the replies to its requests")
            return false
        }
        shard.counters.messagesSent.add()
        outbox.write(reply: WebSocketFrame.text(text))
        return true
    }
}
