import NIOCore

/// From the bytes of a read to messages, in place.
extension LoadClient {
    func read(_ buffer: ByteBuffer, _ context: ChannelHandlerContext) {
        let taken = buffer.withUnsafeReadableBytes { take($0, context) }
        guard taken < buffer.readableBytes, phase != .away,
            let rest = buffer.getSlice(at: buffer.readerIndex + taken, length: buffer.readableBytes - taken)
        else { return }
        var kept = context.channel.allocator.buffer(capacity: rest.readableBytes + 1024)
        kept.writeImmutableBuffer(rest)
        partial = kept
    }

    /// Answers how many bytes were used.
    private func take(_ bytes: UnsafeRawBufferPointer, _ context: ChannelHandlerContext) -> Int {
        if loop.settings.target == .raw { return takeRecords(bytes) }
        var offset = 0
        if phase == .upgrading {
            switch Handshake.answer(bytes) {
            case .incomplete: return 0
            case .refused(let status, let words):
                loop.wasRefused(self, status: status, words: words)
                context.close(promise: nil)
                return bytes.count
            case .accepted(let length):
                offset = length
                phase = .subscribing
                subscribe(context)
            }
        }
        while phase != .away {
            switch FrameParser.next(bytes, from: offset) {
            case .incomplete: return offset
            case .broken:
                fail("it sent a frame that is none", context)
                return bytes.count
            case .frame(let opcode, let isFinal, let payload, let end):
                take(opcode, isFinal, UnsafeRawBufferPointer(rebasing: bytes[payload..<end]), context)
                offset = end
            }
        }
        return bytes.count
    }

    @inline(__always)
    private func take(
        _ opcode: UInt8,
        _ isFinal: Bool,
        _ payload: UnsafeRawBufferPointer,
        _ context: ChannelHandlerContext
    ) {
        if opcode <= 2 {
            switch loop.settings.target {
            case .tidegate: takeTidegate(payload, context)
            case .nats: takeNATS(payload, context)
            case .nchan: takeNchan(payload)
            case .raw: break
            }
        } else {
            takeControl(opcode, payload, context)
        }
    }

    private func takeControl(_ opcode: UInt8, _ payload: UnsafeRawBufferPointer, _ context: ChannelHandlerContext) {
        switch opcode {
        case 8:
            let code = payload.count >= 2 ? Int(payload[0]) << 8 | Int(payload[1]) : 1005
            closeReason = closeReason ?? "\(code)"
            context.close(promise: nil)
        case 9: context.writeAndFlush(wrapOutboundOut(ClientFrame.pong(payload)), promise: nil)
        default: break
        }
    }
}
