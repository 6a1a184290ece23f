/// What the simulator has seen and sent so far. Tests wait for it.
package struct SimulatorStatistics: Sendable, Equatable {
    package var connections = 0
    package var connectionsEver = 0
    /// The topics that at least one connection has subscribed to, in order of name.
    package var topics: [String] = []
    /// Topic subscriptions over all connections.
    package var subscriptions = 0
    /// Requests that clients sent as text, pings among them.
    package var requests = 0
    package var pings = 0
    package var refusals = 0
    /// Text frames sent: data, answers and garbage.
    package var framesSent = 0
    package var bytesSent = 0
    package var faults = 0
    /// The most topics in one request, which the exchange closes connections after and the simulator only counts, and the
    /// most characters of `args` on one connection: what would be more than 21,000 is refused.
    package var largestRequest = 0
    package var largestArguments = 0
    package var slowConnectionsClosed = 0

    package init() {}

    var json: String {
        let names = topics.map(JSONText.quoted).joined(separator: ",")
        return "{\"connections\":\(connections),\"connections_ever\":\(connectionsEver),"
            + "\"subscriptions\":\(subscriptions),\"requests\":\(requests),\"pings\":\(pings),"
            + "\"refusals\":\(refusals),\"frames_sent\":\(framesSent),\"bytes_sent\":\(bytesSent),"
            + "\"faults\":\(faults),\"largest_request\":\(largestRequest),\"largest_arguments\":\(largestArguments),"
            + "\"slow_connections_closed\":\(slowConnectionsClosed),\"topics\":[\(names)]}"
    }
}
