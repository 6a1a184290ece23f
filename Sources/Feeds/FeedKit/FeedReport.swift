/// What a feed has to say of the subscriptions, in words, for the pages and the heartbeat.
package struct FeedReport: Sendable, Equatable {
    /// What is wrong with what the exchange served before, or with all of it.
    package var problems: [String] = []
    /// What waits, and is no fault: anybody can ask for what the exchange does not serve at the moment.
    package var notices: [String] = []

    package init() {}
}
