import Stores

/// What has come over the broker while it was listened to. A value.
package struct Heard: Sendable {
    /// One that announced itself, and how many milliseconds its clock is ahead of ours, about.
    package struct Node: Sendable {
        package let announcement: NodeAnnouncement
        package let clockAhead: Int64
    }

    /// Whether there is a broker between processes that could be listened to at all.
    package var isListening = false
    /// How long a message took from here through the broker to here; nil where none came.
    package var roundTrip: Duration?
    /// Why it could not be listened to, or sent; nil where it could.
    package var problem: String?
    package var nodes: [Node] = []
    /// Those for which there was no room.
    package var nodesBeyond = 0
    /// The last of each epoch, the highest first.
    package var heartbeats: [Heartbeat] = []
    package var unreadableHeartbeats = 0
    /// How long heartbeats of two terms came side by side: zero where one only was heard, or one followed the other.
    package var overlap = Duration.zero

    package init() {}
}
