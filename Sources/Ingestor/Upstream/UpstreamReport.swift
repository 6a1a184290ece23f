/// What the session has to say of the subscriptions, in words, for the pages and the heartbeat.
struct UpstreamReport: Sendable, Equatable {
    /// What is wrong with what the exchange served before, or with all of it.
    var problems: [String] = []
    /// What waits, and is no fault: anybody can ask for what the exchange does not serve at the moment.
    var notices: [String] = []
}
