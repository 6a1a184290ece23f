import Core
import NIOCore
import Synchronization

@testable import EdgeNode

/// Makes the frames of another encoder, and counts them.
final class CountingFrames: FrameEncoder {
    private let encoder: any FrameEncoder
    private let count = Atomic(0)

    init(_ encoder: any FrameEncoder) {
        self.encoder = encoder
    }

    var made: Int { count.load(ordering: .relaxed) }

    func frame(of publication: Publication, first: UInt64?, tellsEpoch: Bool) -> ByteBuffer {
        count.add(1, ordering: .relaxed)
        return encoder.frame(of: publication, first: first, tellsEpoch: tellsEpoch)
    }

    func gap(from: UInt64, to: UInt64, epoch: UInt64, reason: GapReason) -> ByteBuffer? {
        encoder.gap(from: from, to: to, epoch: epoch, reason: reason)
    }
}
