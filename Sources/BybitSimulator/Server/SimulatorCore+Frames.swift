import NIOCore
import NIOWebSocket

extension SimulatorCore {
    /// What a client's WebSocket frame leads to. While stalled it waits, whole and in order.
    func handle(_ frame: WebSocketFrame, from session: ClientSession) {
        guard !session.isStalled else {
            session.deferred.append(frame)
            return
        }
        switch frame.opcode {
        case .text, .binary:
            receive(String(buffer: frame.unmaskedData), from: session)
        case .ping:
            session.lastActivity = .now()
            session.send(WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData))
            settle()
        case .connectionClose:
            answerClose(frame, of: session)
        default:
            break
        }
    }

    private func answerClose(_ frame: WebSocketFrame, of session: ClientSession) {
        // The client's code comes back without its reason, as RFC 6455 suggests.
        var data = frame.unmaskedData
        let code = data.readSlice(length: min(2, data.readableBytes)) ?? ByteBuffer()
        let channel = session.channel
        channel.writeAndFlush(WebSocketFrame(fin: true, opcode: .connectionClose, data: code))
            .whenComplete { _ in channel.close(mode: .all, promise: nil) }
    }
}
