import Core
import NIOCore

/// `{"stream":S,"type":"update","seq":N,"data":{...},"timestamp":T}`: the frames of Tidegate's own dialects.
///
/// Where times are told, `"times":{"exchange":T.000,"ingest":T.123,"sent":T.456}` stands in front of the data: from there on
/// the frame is as without them, so that who finds data and signature by their places (docs/admission.md) finds them still.
struct SequencedFrames: FrameEncoder {
    /// How the dialect spells the stream.
    let name: String
    /// What stands in `source` where the data is not simulated; nil where nothing does.
    let source: String?
    /// Whose gap notices they are.
    let dialect: any Dialect
    /// Says when a frame is made; nil where frames tell no times.
    let clock: FrameClock?

    func frame(of publication: Publication, first: UInt64?, tellsEpoch: Bool) -> ByteBuffer {
        // All that is always the same, with four numbers of 20 digits, is less than 192 bytes.
        var capacity = 192 + name.utf8.count + (source?.utf8.count ?? 0) + publication.data.readableBytes
        if let signature = publication.signature { capacity += 10 + signature.text.utf8.count }
        // The words of the times, and three numbers of 24 bytes at most.
        if clock != nil { capacity += 128 }
        return WebSocketFrame.text(capacity: capacity) { [capacity] json in
            write(publication, first, tellsEpoch || publication.signature != nil, into: &json)
            assert(json.count <= capacity, "the sum is too small: \(json.count) bytes, not \(capacity)")
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
        into json: inout JSONWriter
    ) {
        let isSnapshot = publication.kind == .snapshot
        json.raw("{\"stream\":\"")
        json.raw(text: name)
        if publication.kind == .transient {
            json.raw("\",\"type\":\"transient\"")
        } else {
            json.raw(isSnapshot ? "\",\"type\":\"snapshot\",\"seq\":" : "\",\"type\":\"update\",\"seq\":")
            json.decimal(publication.position.sequence)
            if let first {
                json.raw(",\"first\":")
                json.decimal(first)
            }
            if tellsEpoch || isSnapshot {
                json.raw(",\"epoch\":")
                json.decimal(publication.position.epoch)
            }
        }
        if let clock { writeTimes(of: publication, sent: clock(), into: &json) }
        json.raw(",\"data\":")
        json.raw(publication.data)
        json.raw(",\"timestamp\":")
        json.decimal(publication.exchangeTime)
        if publication.isSimulated {
            json.raw(",\"source\":\"simulator\"")
        } else if let source {
            json.raw(",\"source\":\"")
            json.raw(text: source)
            json.raw("\"")
        }
        // The last of all, over what stands in front of it.
        if let signature = publication.signature {
            json.raw(",\"sig\":\"")
            json.raw(text: signature.text)
            json.raw("\"}")
        } else {
            json.raw("}")
        }
    }

    /// In milliseconds, as they are: whose clock is wrong is seen by who reads them.
    private func writeTimes(of publication: Publication, sent: Int64, into json: inout JSONWriter) {
        json.raw(",\"times\":{\"exchange\":")
        json.decimal(publication.exchangeTime)
        json.raw(".000,\"ingest\":")
        json.thousandths(publication.ingestTime)
        json.raw(",\"sent\":")
        json.thousandths(sent)
        json.raw("}")
    }
}
