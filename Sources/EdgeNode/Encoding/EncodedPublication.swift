import Core
import NIOCore

/// A publication with its frames, made once per node for the dialects that were in use at that moment.
///
/// A value: passed from the broker's thread to the shards, each of which may add the frames that it needs.
struct EncodedPublication: Sendable {
    let publication: Publication
    /// True for the first data of an epoch that the node has seen, whatever gap came before it: its frame tells the epoch.
    let opensEpoch: Bool
    /// What it is a state of, where its stream tells of one object after the other.
    let object: Int64?
    /// By the raw value of `Dialect`; within the value, since an array would be an allocation for each publication.
    private var frames: InlineArray<3, ByteBuffer?>

    init(
        _ publication: Publication,
        opensEpoch: Bool,
        object: Int64? = nil,
        encoder: FrameEncoder,
        dialects: DialectSet
    ) {
        self.publication = publication
        self.opensEpoch = opensEpoch
        self.object = object
        frames = InlineArray(repeating: nil)
        guard publication.carriesData || publication.kind == .transient else { return }
        for dialect in Dialect.allCases where dialects.contains(dialect) {
            frames[Int(dialect.rawValue)] = encoder.frame(publication, in: dialect, tellsEpoch: opensEpoch)
        }
    }

    /// Without frames yet.
    init(_ publication: Publication, opensEpoch: Bool, object: Int64? = nil) {
        self.publication = publication
        self.opensEpoch = opensEpoch
        self.object = object
        self.frames = InlineArray(repeating: nil)
    }

    /// Nil where nobody used the dialect when the publication came.
    func frame(in dialect: Dialect) -> ByteBuffer? { frames[Int(dialect.rawValue)] }

    /// The frame, made and kept where there is none yet; of a gap its notice. Empty where the dialect has none.
    mutating func frame(in dialect: Dialect, by encoder: FrameEncoder) -> ByteBuffer {
        if let frame = frame(in: dialect) { return frame }
        let position = publication.position
        let frame: ByteBuffer
        switch publication.kind {
        case .snapshot, .update, .transient: frame = encoder.frame(publication, in: dialect, tellsEpoch: opensEpoch)
        case .gap(let reason):
            let sequence = position.sequence
            let notice = encoder.gap(from: sequence, to: sequence, epoch: position.epoch, reason: reason, in: dialect)
            frame = notice ?? ByteBuffer()
        case .refusal: frame = ByteBuffer()
        }
        frames[Int(dialect.rawValue)] = frame
        return frame
    }
}

/// A set of dialects in one byte.
struct DialectSet: Sendable, Equatable {
    private(set) var bits: UInt8 = 0

    mutating func insert(_ dialect: Dialect) { bits |= 1 << dialect.rawValue }

    func contains(_ dialect: Dialect) -> Bool { bits & 1 << dialect.rawValue != 0 }
}
