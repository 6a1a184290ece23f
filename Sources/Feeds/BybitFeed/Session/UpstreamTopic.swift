import NIOCore

/// One topic that somebody wants, and how far its subscription at the exchange is. A value of the session.
struct UpstreamTopic {
    enum Phase: Equatable {
        case waiting, subscribing, confirmed, unsubscribing
    }

    /// Where many wait the lowest is asked for first. Of topics that the exchange is known to serve it is 0.
    var rank: Int
    /// In which order topics were wanted: of one place the first goes first, also when it is asked for again.
    let arrival: UInt64
    var phase = Phase.waiting
    var unwantedSince: NIODeadline?
    /// Nil for topics that may be silent for long.
    var staleAfter: TimeAmount?
    var lastHeard: NIODeadline
    var refresh: TopicRefresh
    var unusable = UnusableRun()
    /// Its room on the connection has been given to another topic; it goes as soon as the exchange has been told.
    var isEvicted = false
    /// The exchange has served it, on this connection or on an earlier one.
    var wasConfirmed = false
    /// Requests for it that failed for the time being, since the last that did not.
    var failures = 0
    /// How many topics its next request may have: what failed together is tried again in smaller groups.
    var company = Int.max
    var retry = TopicRetry()

    /// Its place among those that wait. What the exchange was serving goes first, what failed behind its like.
    var place: Int { (wasConfirmed ? -1 : rank) + failures }

    /// It is not likely to be an invented name, which costs its whole request.
    var isTrusted: Bool { wasConfirmed || rank == 0 }

    /// Whether it counts towards the exchange's limit on one connection.
    var takesRoom: Bool { phase != .waiting && !isEvicted }
}
