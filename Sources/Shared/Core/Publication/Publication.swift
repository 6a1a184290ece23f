import NIOCore

/// One message of a stream, as the ingestor authored it.
///
/// A value; `data` shares its bytes with every copy. `data` is a whole JSON value (an object, or an array for trades),
/// or the plain words of a refusal, and is empty for a gap.
package struct Publication: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// The whole state of the stream.
        case snapshot
        /// A change, an event, or the next whole state of a `latest` stream.
        case update
        /// Between the publication before and the one after, messages are missing. It has a sequence like any other.
        case gap(GapReason)
        /// The exchange will not serve this stream. It stands outside the sequence (sequence 0) and is never logged.
        case refusal
        /// A message of a stream of class `transient`. It has no number (sequence 0) and is never logged; its epoch is its
        /// author's term, and of no meaning to clients.
        case transient
    }

    package var stream: StreamName
    package var position: Position
    package var kind: Kind
    /// When the exchange made it: milliseconds since 1970.
    package var exchangeTime: Int64
    /// When the ingestor had it from the socket: microseconds since 1970.
    package var ingestTime: Int64
    /// Made by a simulator: nobody may take it for the market.
    package var isSimulated: Bool
    package var data: ByteBuffer
    /// Of its origin; nil where its stream is not signed.
    package var signature: PublicationSignature?

    package init(
        stream: StreamName,
        position: Position,
        kind: Kind,
        exchangeTime: Int64,
        ingestTime: Int64,
        isSimulated: Bool = false,
        data: ByteBuffer = ByteBuffer()
    ) {
        self.stream = stream
        self.position = position
        self.kind = kind
        self.exchangeTime = exchangeTime
        self.ingestTime = ingestTime
        self.isSimulated = isSimulated
        self.data = data
    }

    /// Whether its position can be one. A refusal has no place in the sequence, only a term; what is transient has none, and
    /// nothing else has the number that says so.
    package var isPossible: Bool {
        switch kind {
        case .snapshot, .update, .gap: position.isPossible
        case .refusal: Position(epoch: position.epoch, sequence: max(1, position.sequence)).isPossible
        case .transient: position.sequence == 0 && Position(epoch: position.epoch, sequence: 1).isPossible
        }
    }

    /// Whether it has a place in the sequence, and so in the history.
    package var isSequenced: Bool {
        switch kind {
        case .snapshot, .update, .gap: true
        case .refusal, .transient: false
        }
    }

    /// Whether it is a numbered message of the stream, and not a word about it.
    package var carriesData: Bool { kind == .snapshot || kind == .update }
}
