import Core
import NIOCore

/// The protocols of the servers that Tidegate is compared with, and the floor's.
extension LoadClient {
    /// nats-server speaks its own protocol in the frames, as one stream of bytes: a message may span two of them.
    @inline(__always)
    func takeNATS(_ payload: UnsafeRawBufferPointer, _ context: ChannelHandlerContext) {
        guard var rest = natsRest else {
            let taken = takeNATSMessages(payload, context)
            if taken < payload.count, phase != .away {
                natsRest = ByteBuffer(bytes: UnsafeRawBufferPointer(rebasing: payload[taken...]))
            }
            return
        }
        natsRest = nil
        rest.writeBytes(payload)
        let taken = rest.withUnsafeReadableBytes { takeNATSMessages($0, context) }
        rest.moveReaderIndex(forwardBy: taken)
        if rest.readableBytes > 0, phase != .away { natsRest = rest }
    }

    private func takeNATSMessages(_ bytes: UnsafeRawBufferPointer, _ context: ChannelHandlerContext) -> Int {
        var offset = 0
        while phase != .away {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
            switch NATSText.next(rest) {
            case .incomplete: return offset
            case .message(let message, let length):
                offset += length
                if let message { deliver(message) } else { loop.unreadable(self) }
            case .info(let length):
                offset += length
                if phase == .subscribing { context.writeAndFlush(wrapOutboundOut(natsSubscriptions()), promise: nil) }
            case .ping(let length):
                offset += length
                context.writeAndFlush(wrapOutboundOut(ClientFrame.binary("PONG\r\n")), promise: nil)
            case .pong(let length):
                offset += length
                if phase == .subscribing { loop.isLive(self) }
            case .okay(let length): offset += length
            case .error(let words, let length):
                offset += length
                if words.contains("Slow Consumer") { closeReason = "slow consumer" } else { fail(words, context) }
            case .broken:
                fail("it sent what is not NATS: \(String(decoding: rest.prefix(100), as: UTF8.self))", context)
            }
        }
        return bytes.count
    }

    /// A subscription's number is its stream's, from 1. The server answers the ping behind them when it has them all.
    private func natsSubscriptions() -> ByteBuffer {
        let names = loop.settings.streams.names
        var text =
            #"CONNECT {"verbose":false,"pedantic":false,"lang":"swift","version":"0","name":"loadtest"}"# + "\r\n"
        for index in streamIndices { text += "SUB \(names[index].canonical) \(index + 1)\r\n" }
        return ClientFrame.binary(text + "PING\r\n")
    }

    /// Each message of an nchan subscriber is the data as they were published.
    @inline(__always)
    func takeNchan(_ payload: UnsafeRawBufferPointer) {
        guard var scanner = ByteScanner(payload), let data = PublicationData.read(&scanner) else {
            return loop.unreadable(self)
        }
        deliver(StreamMessage(stream: firstStream, sequence: data.number, first: data.number, time: data.time))
    }

    /// Answers how many bytes were used.
    func takeRecords(_ bytes: UnsafeRawBufferPointer) -> Int {
        let length = loop.settings.bytes
        var offset = 0
        while bytes.count - offset >= length {
            takeNchan(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length]))
            offset += length
        }
        return offset
    }
}
