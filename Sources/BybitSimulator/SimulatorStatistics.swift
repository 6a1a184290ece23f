import Core
import NIOCore

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

    var json: ByteBuffer {
        JSONWriter.object {
            $0.integer("connections", connections)
            $0.integer("connections_ever", connectionsEver)
            $0.integer("subscriptions", subscriptions)
            $0.integer("requests", requests)
            $0.integer("pings", pings)
            $0.integer("refusals", refusals)
            $0.integer("frames_sent", framesSent)
            $0.integer("bytes_sent", bytesSent)
            $0.integer("faults", faults)
            $0.integer("largest_request", largestRequest)
            $0.integer("largest_arguments", largestArguments)
            $0.integer("slow_connections_closed", slowConnectionsClosed)
            $0.strings("topics", topics)
        }
    }
}
