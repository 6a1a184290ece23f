import NIOCore

/// The body of a request while it comes in: kept where somebody wants it, else only counted. Pure. Bound: `limit`.
struct HTTPBody {
    /// How much is read of a body that nobody wants.
    static let unwantedBytes = 65_536

    let limit: Int
    private let isWanted: Bool
    private var count = 0
    private(set) var bytes = ByteBuffer()

    /// - Parameter wanted: The bytes that somebody would take; 0 where nobody wants any.
    init(wanted: Int) {
        isWanted = wanted > 0
        limit = isWanted ? wanted : Self.unwantedBytes
    }

    /// False where it is more than may come.
    mutating func take(_ part: ByteBuffer) -> Bool {
        count += part.readableBytes
        guard count <= limit else { return false }
        if isWanted { bytes.writeImmutableBuffer(part) }
        return true
    }
}
