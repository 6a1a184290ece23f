/// What a relay wants done at once, under the lock that it is touched under.
enum RelayAction: Sendable {
    case give([ShardItem], to: ShardSet)
    /// The ingestor is told that the stream is wanted, at this rank.
    case demand(rank: Int)
    /// It is told of a lower rank than before.
    case lower(rank: Int)
    /// The stream exists.
    case heard
    case tell(StateNews)
    /// The stream is over for a while, for this reason.
    case refuse(reason: String)
    /// A hole was looked for in the history, and was filled by it or not.
    case count(isHealed: Bool)
}
