import NIOCore
import Shared

/// A publication with its frames, made once per node for the dialects that were in use at that moment.
///
/// Immutable: passed from the broker's thread to the shards.
struct EncodedPublication: Sendable {
    let publication: Publication
    /// True for the first publication of an epoch that the node has seen: its frame tells the epoch.
    let opensEpoch: Bool
    /// By the raw value of `Dialect`.
    private let frames: [ByteBuffer?]

    init(_ publication: Publication, opensEpoch: Bool, encoder: FrameEncoder, dialects: DialectSet) {
        self.publication = publication
        self.opensEpoch = opensEpoch
        switch publication.kind {
        case .snapshot, .update:
            frames = Dialect.allCases.map { dialect in
                dialects.contains(dialect) ? encoder.frame(publication, in: dialect, tellsEpoch: opensEpoch) : nil
            }
        case .gap, .refusal: frames = [nil, nil, nil]
        }
    }

    /// Nil where nobody used the dialect when the publication came.
    func frame(in dialect: Dialect) -> ByteBuffer? { frames[Int(dialect.rawValue)] }
}

/// A set of dialects in one byte.
struct DialectSet: Sendable, Equatable {
    private(set) var bits: UInt8 = 0

    mutating func insert(_ dialect: Dialect) { bits |= 1 << dialect.rawValue }

    func contains(_ dialect: Dialect) -> Bool { bits & 1 << dialect.rawValue != 0 }
}
