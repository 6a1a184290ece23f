import FeedKit
import NIOCore

/// Frames without a connection, to measure by.
package enum BybitMeter {
    /// Gives a session of a `BybitFeed` `total` frames, going round in `frames`, in reads of 16. On the session's loop.
    package static func ingest(_ frames: [ByteBuffer], total: Int, into session: any FeedSession) {
        guard let connection = (session as? BybitSession)?.connections.first else { return }
        for index in 0..<total {
            connection.ingest(frames[index % frames.count])
            if index % 16 == 15 { connection.readCompleted() }
        }
        connection.readCompleted()
    }
}
