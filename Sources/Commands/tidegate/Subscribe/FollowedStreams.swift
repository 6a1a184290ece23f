/// The streams that are followed, as they were asked for, and the last sequence of each, to tell what is missing.
struct FollowedStreams {
    private(set) var count = 0
    private var accepted: Set<String> = []
    private var last: [String: UInt64] = [:]
    /// When the gateway that is going away wants this client elsewhere; nil where it isn't.
    var comeBackAt: ContinuousClock.Instant?

    /// Nothing will ever come.
    var isEmpty: Bool { accepted.isEmpty }

    mutating func begin(_ spellings: [String]) { accepted = Set(spellings) }

    mutating func end(_ spelling: String) { accepted.remove(spelling) }

    /// On a new connection every stream begins with its state.
    mutating func connected() { last = [:] }

    /// How long to wait before the next connection, where the gateway has said so; once.
    mutating func takeWait(at now: ContinuousClock.Instant) -> Duration? {
        comeBackAt.take().map { max($0 - now, .zero) }
    }

    /// A gap that the gateway has told is no surprise.
    mutating func skip(_ stream: String, to sequence: UInt64) { last[stream] = sequence }

    /// Counts the message. Words about what is missing before it, or nil.
    mutating func follow(_ data: ReceivedMessage.DataMessage) -> String? {
        count += 1
        guard let sequence = data.sequence else { return nil }
        defer { last[data.stream] = sequence }
        guard let last = last[data.stream], (data.first ?? sequence) != last &+ 1 else { return nil }
        return "expected sequence \(last &+ 1), got \(data.first ?? sequence)"
    }
}
