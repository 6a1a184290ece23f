import Core
import NIOCore
import Synchronization

@testable import EdgeNode

/// Another dialect, with a count of what it has encoded.
final class CountingDialect: Dialect {
    private struct Frames: FrameEncoder {
        let encoder: any FrameEncoder
        let dialect: CountingDialect
        var isTimed = false

        func frame(of publication: Publication, first: UInt64?, tellsEpoch: Bool) -> ByteBuffer {
            dialect.frames.add(1, ordering: .relaxed)
            if isTimed { dialect.timedFrames.add(1, ordering: .relaxed) }
            if publication.kind == .snapshot { dialect.snapshotFrames.add(1, ordering: .relaxed) }
            return encoder.frame(of: publication, first: first, tellsEpoch: tellsEpoch)
        }

        func gap(from: UInt64, to: UInt64, epoch: UInt64, reason: GapReason) -> ByteBuffer? {
            encoder.gap(from: from, to: to, epoch: epoch, reason: reason)
        }
    }

    private let dialect: any Dialect
    private let frames = Atomic(0)
    private let snapshotFrames = Atomic(0)
    private let timedFrames = Atomic(0)

    init(_ dialect: any Dialect) {
        self.dialect = dialect
    }

    /// Snapshots among them.
    var snapshots: Int { snapshotFrames.load(ordering: .relaxed) }

    /// Those among them that tell times.
    var timed: Int { timedFrames.load(ordering: .relaxed) }

    /// Frames of data.
    var made: Int { frames.load(ordering: .relaxed) }

    var id: DialectID { dialect.id }

    var marker: StaticString? { dialect.marker }

    func request(_ message: ByteBuffer, in catalog: any StreamCatalog) throws(ClientRequest.Failure) -> ClientRequest {
        try dialect.request(message, in: catalog)
    }

    func text(of reply: ClientReply, id: String?) -> ByteBuffer { dialect.text(of: reply, id: id) }

    func encoder(of stream: StreamDescriptor) -> any FrameEncoder {
        Frames(encoder: dialect.encoder(of: stream), dialect: self)
    }

    func encoder(of stream: StreamDescriptor, timedBy clock: @escaping FrameClock) -> any FrameEncoder {
        Frames(encoder: dialect.encoder(of: stream, timedBy: clock), dialect: self, isTimed: true)
    }
}
