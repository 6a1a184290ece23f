import NIOCore

/// What comes over a connection that subscribes.
enum PubSubReply {
    case message(channel: String, ByteBuffer)
    /// One channel of one command is done.
    case confirmation(channel: String)
    case pong

    /// Throws where it is an error of Redis, or nothing that such a connection has.
    init(_ reply: RESPValue) throws(RedisError) {
        switch reply {
        case .error(let message): throw .refused(command: "SUBSCRIBE", message: message)
        case .simple: self = .pong
        case .array(let parts):
            // Told apart by the length of the first word: this is done for each message.
            switch (parts.first?.bytes?.readableBytes, parts.count) {
            case ("message".utf8.count, 3):
                guard let channel = parts[1].text, let bytes = parts[2].bytes else { break }
                self = .message(channel: channel, bytes)
                return
            case ("subscribe".utf8.count, 3), ("unsubscribe".utf8.count, 3):
                guard let channel = parts[1].text else { break }
                self = .confirmation(channel: channel)
                return
            case ("pong".utf8.count, 2):
                self = .pong
                return
            default: break
            }
            throw .unexpectedReply(command: "SUBSCRIBE", kind: reply.kindName)
        default: throw .unexpectedReply(command: "SUBSCRIBE", kind: reply.kindName)
        }
    }
}
