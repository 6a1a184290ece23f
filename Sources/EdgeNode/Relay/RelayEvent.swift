import Core
import Stores

/// What happens to a relay, beside live publications.
enum RelayEvent: Sendable {
    /// A shard wants the stream; where nobody here has heard it, at this rank (`DemandAnnouncement`).
    case wanted(by: Int, rank: Int)
    /// Somebody who asks for less wants it too.
    case advanced(to: Int)
    /// Nobody on the shard wants it any longer.
    case released(by: Int)
    /// The broker has confirmed: all that is published from now on will be heard.
    case subscribed
    /// As much of the log as tells the state; nil where it could not be read.
    case loaded(HistorySlice?)
    /// Publications may be missing; up to there, where the ingestor has told a position.
    case suspected(upTo: Position?)
    /// What the history has behind the stream's place, nil where it could not be read, and when: microseconds since 1970.
    case read([Publication]?, at: Int64)
}
