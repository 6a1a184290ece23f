import Core
import NIOCore

/// What a feed has connected during a term of the leader. Lives on the ingestor's loop.
///
/// Losing a connection is no error: it connects again for as long as it lives, and tells its sink which routes that
/// interrupted, and only those. What it holds is bounded by the routes that it was asked for.
package protocol FeedSession: AnyObject {
    /// Whether it could bring such a stream; its exchange may still have none of that name.
    func serves(_ stream: StreamDescriptor) -> Bool

    /// Somebody wants `stream`. From now on, and until it is dropped or refused, the sink is told of it by this route. May
    /// be called again, with another rank.
    ///
    /// - Parameter rank: Where many wait the lowest is asked for first; 0 is for what is known to exist.
    func want(_ stream: StreamDescriptor, by route: RouteID, rank: Int)

    /// Nobody wants it any longer. The session may go on for a while; `dropped` tells the end.
    func unwant(_ route: RouteID)

    /// The whole state as the data of a snapshot; nil where there is none, or the next message brings it anyway.
    func state(of route: RouteID) -> ByteBuffer?

    /// Begins to connect.
    func connect()

    /// To be called every second or so.
    func tick()

    /// Ends its connections. Nothing is told to the sink any more, also by a connection that comes too late. May be called
    /// again.
    func end()
}
