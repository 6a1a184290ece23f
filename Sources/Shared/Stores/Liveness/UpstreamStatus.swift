import Core
import NIOCore

/// How the connection to the exchange is, for `/health` and `/stats`.
package struct UpstreamStatus: Sendable, Hashable {
    package var isConnected = false
    package var category = "linear"
    package var subscribedCount = 0
    package var messagesReceived = 0
    /// Messages that could not be used: malformed, too large, of an unknown topic, or changes before any state.
    package var messagesSkipped = 0
    package var reconnectCount = 0
    /// Seconds since the last frame with data; nil before the first. On pages it is called as the reference calls it,
    /// `last_message_ago`.
    package var lastDataAgo: Double?
    package var isSimulated = false
    package var unreadable = UnreadableTopics()
    /// What is wrong at the exchange beside the connection, in words.
    package var problems: [String] = []
    /// What waits there without being wrong, in words.
    package var notices: [String] = []

    package init() {}

    /// Writes the `upstream` object of `/stats`: the reference's keys, and `messages_skipped`, `simulated`
    /// and `unreadable_topics` beside them.
    package func write(into json: inout JSONWriter) {
        json.object {
            $0.bool("running", true)
            $0.object("clients") {
                $0.object(category) {
                    $0.bool("connected", isConnected)
                    $0.string("category", category)
                    $0.integer("subscribed_count", subscribedCount)
                    $0.integer("messages_received", messagesReceived)
                    $0.integer("reconnect_count", reconnectCount)
                    $0.raw("last_message_ago", lastDataAgo.map { "\($0)" } ?? "null")
                    $0.integer("messages_skipped", messagesSkipped)
                    $0.bool("simulated", isSimulated)
                    $0.integer("unreadable_topics", unreadable.count)
                }
            }
        }
    }
}
