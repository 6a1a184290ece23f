import Core
import NIOCore

/// Makes the WebSocket frames of one stream in one variant: header and text in one buffer, ready for the socket. What stands
/// in every frame is spelled once, when it is made. Immutable, so any loop may use it.
package protocol FrameEncoder: Sendable {
    /// The frame of a publication with data.
    ///
    /// - Parameters:
    ///   - first: Where the frame stands for several publications, the sequence of the first of them.
    ///   - tellsEpoch: Whether the frame carries the epoch; a snapshot always does.
    func frame(of publication: Publication, first: UInt64?, tellsEpoch: Bool) -> ByteBuffer

    /// The frame of a gap notice; nil in a dialect that has none.
    func gap(from: UInt64, to: UInt64, epoch: UInt64, reason: GapReason) -> ByteBuffer?
}
