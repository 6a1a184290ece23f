/// Takes what a feed's session tells: the ingestor's pipeline. Lives on the session's loop; told things in their order.
package protocol FeedSink: AnyObject {
    func take(_ event: FeedEvent, of route: RouteID)

    /// Nothing more is to be read for now: the moment to hand on what came.
    func readCompleted()
}
