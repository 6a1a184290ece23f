import NIOCore

/// Where publications come from: an exchange, a bus. Which feeds a process has is chosen by its program, which hands them
/// to the ingestor.
///
/// The value itself only says what there is to connect to, and counts. What is connected, and for how long, is a
/// `FeedSession`: one for each term of the leader.
package protocol Feed: Sendable {
    var counters: FeedCounters { get }

    /// What comes of it is made up, and is marked so.
    var isSimulated: Bool { get }

    /// Where its exchange says which instruments it has; nil for a feed without.
    func instruments(on group: any EventLoopGroup) -> (any InstrumentSource)?

    /// Makes the connections of one term, not connected yet. Called on `loop`, on which the session lives and where it
    /// tells the sink all that it has to tell. The sink outlives the session.
    func open(on loop: any EventLoop, sink: any FeedSink) -> any FeedSession
}

extension Feed {
    package func instruments(on group: any EventLoopGroup) -> (any InstrumentSource)? { nil }
}
