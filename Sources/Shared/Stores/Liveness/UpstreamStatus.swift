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
    /// Seconds since the last frame; nil before the first.
    package var lastMessageAgo: Double?
    package var isSimulated = false
    package var unreadable = UnreadableTopics()
    /// What is wrong at the exchange beside the connection, in words.
    package var problems: [String] = []
    /// What waits there without being wrong, in words.
    package var notices: [String] = []

    package init() {}

    /// Writes the `upstream` object of `/stats`: the reference's keys, and `messages_skipped`, `simulated`
    /// and `unreadable_topics` beside them.
    package func writeJSON(into buffer: inout ByteBuffer) {
        buffer.writeString(
            """
            {"running":true,"clients":{"\(category)":{"connected":\(isConnected),"category":"\(category)",\
            "subscribed_count":\(subscribedCount),"messages_received":\(messagesReceived),\
            "reconnect_count":\(reconnectCount),"last_message_ago":\(lastMessageAgo.map { "\($0)" } ?? "null"),\
            "messages_skipped":\(messagesSkipped),"simulated":\(isSimulated),\
            "unreadable_topics":\(unreadable.count)}}}
            """
        )
    }
}
