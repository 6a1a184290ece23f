import Core
import NIOCore
import Synchronization

/// A publication on its way through a node, with its frames: each is made once, by the first shard that needs it, on that
/// shard's loop and under no lock but this one's.
///
/// Shared by all shards and by the rings of those that resume. Holds a frame for each variant that anybody had use for; who
/// waits here waits for the very publication that it has to send, and for no longer than its encoding takes.
final class Envelope: Sendable {
    private struct Frames {
        // The first stands for itself: most publications are needed in one variant, and an array is an allocation.
        var first: (variant: Variant, frame: ByteBuffer)?
        var others: [(variant: Variant, frame: ByteBuffer)] = []

        func frame(_ variant: Variant) -> ByteBuffer? {
            guard let first else { return nil }
            if first.variant == variant { return first.frame }
            return others.first { $0.variant == variant }?.frame
        }

        mutating func keep(_ frame: ByteBuffer, _ variant: Variant) {
            if first == nil { first = (variant, frame) } else { others.append((variant, frame)) }
        }
    }

    let publication: Publication
    /// True for the first data of an epoch that the node has seen, whatever gap came before it: its frame tells the epoch.
    let opensEpoch: Bool
    /// What it is a state of, where its stream tells of one object after the other.
    let object: Int64?
    private let frames = Mutex(Frames())

    init(_ publication: Publication, opensEpoch: Bool, object: Int64? = nil) {
        self.publication = publication
        self.opensEpoch = opensEpoch
        self.object = object
    }

    /// The frame; of a gap its notice. Empty where the variant has none.
    ///
    /// - Parameter encoder: The variant's own of this stream.
    func frame(_ variant: Variant, by encoder: any FrameEncoder) -> ByteBuffer {
        frames.withLock { frames in
            if let frame = frames.frame(variant) { return frame }
            let frame = make(by: encoder)
            frames.keep(frame, variant)
            return frame
        }
    }

    private func make(by encoder: any FrameEncoder) -> ByteBuffer {
        let position = publication.position
        switch publication.kind {
        case .snapshot, .update, .transient: return encoder.frame(of: publication, first: nil, tellsEpoch: opensEpoch)
        case .gap(let reason):
            let sequence = position.sequence
            let notice = encoder.gap(from: sequence, to: sequence, epoch: position.epoch, reason: reason)
            return notice ?? ByteBuffer()
        case .refusal: return ByteBuffer()
        }
    }
}
