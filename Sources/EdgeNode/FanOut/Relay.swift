import NIOCore
import Shared

/// One stream on its way through the hub: who wants it, its state, and its encoder. Touched under the hub's lock only.
struct Relay {
    enum Phase {
        /// The broker is being asked, or the history read: live publications are kept until that is done.
        case loading
        case live
        /// The last shard has left; the broker is being told.
        case unsubscribing
    }

    var phase = Phase.loading
    /// One bit for each shard.
    var shards: UInt64
    var dialects = DialectSet()
    var encoder: FrameEncoder
    var state: StreamState
    var pending: [Publication] = []
    var lastEpoch: UInt64?
}

extension Relay {
    /// Follows the stream's state and makes what the shards get.
    mutating func take(_ publication: Publication) -> ShardItem {
        guard publication.kind != .refusal else {
            return .refused(publication.stream, reason: String(buffer: publication.data))
        }
        let last = state.position
        if let last, publication.position.sequence > last.sequence + 1 { state.invalidate() }
        if last.map({ publication.position > $0 }) ?? true { state.apply(publication) }
        let opensEpoch = lastEpoch != publication.position.epoch
        lastEpoch = publication.position.epoch
        return .publication(
            EncodedPublication(publication, opensEpoch: opensEpoch, encoder: encoder, dialects: dialects)
        )
    }

    /// The shards have been told that the stream is over.
    mutating func end() {
        shards = 0
        phase = .unsubscribing
    }
}
