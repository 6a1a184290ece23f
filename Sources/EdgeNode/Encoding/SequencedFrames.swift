import Core
import NIOCore

/// `{"stream":S,"type":"update","seq":N,"data":{...},"timestamp":T}`: the frames of Tidegate's own dialects.
struct SequencedFrames: FrameEncoder {
    /// How the dialect spells the stream.
    let name: String
    /// What stands in `source` where the data is not simulated; nil where nothing does.
    let source: String?
    /// Whose gap notices they are.
    let dialect: any Dialect

    func frame(of publication: Publication, first: UInt64?, tellsEpoch: Bool) -> ByteBuffer {
        // All that is always the same, with four numbers of 20 digits, is less than 192 bytes.
        let capacity = 192 + name.utf8.count + (source?.utf8.count ?? 0) + publication.data.readableBytes
        return WebSocketFrame.text(capacity: capacity) { buffer in
            buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: capacity) { room in
                // No more than was asked for, so that a sum that is too small is found by its test.
                var text = TextWriter(UnsafeMutableRawBufferPointer(rebasing: room.prefix(capacity)))
                write(publication, first, tellsEpoch, into: &text)
                return text.count
            }
        }
    }

    func gap(from: UInt64, to: UInt64, epoch: UInt64, reason: GapReason) -> ByteBuffer? {
        let notice = ClientReply.gap(stream: name, from: from, to: to, epoch: epoch, reason: reason)
        let text = dialect.text(of: notice, id: nil)
        return text.readableBytes == 0 ? nil : WebSocketFrame.text(text)
    }

    private func write(
        _ publication: Publication,
        _ first: UInt64?,
        _ tellsEpoch: Bool,
        into text: inout TextWriter
    ) {
        let isSnapshot = publication.kind == .snapshot
        text.write("{\"stream\":\"")
        text.write(text: name)
        if publication.kind == .transient {
            text.write("\",\"type\":\"transient\"")
        } else {
            text.write(isSnapshot ? "\",\"type\":\"snapshot\",\"seq\":" : "\",\"type\":\"update\",\"seq\":")
            text.write(decimal: publication.position.sequence)
            if let first {
                text.write(",\"first\":")
                text.write(decimal: first)
            }
            if tellsEpoch || isSnapshot {
                text.write(",\"epoch\":")
                text.write(decimal: publication.position.epoch)
            }
        }
        text.write(",\"data\":")
        text.write(publication.data)
        text.write(",\"timestamp\":")
        text.write(decimal: publication.exchangeTime)
        if publication.isSimulated {
            text.write(",\"source\":\"simulator\"}")
        } else if let source {
            text.write(",\"source\":\"")
            text.write(text: source)
            text.write("\"}")
        } else {
            text.write("}")
        }
    }
}
