import Platform

/// What became of the publications, over all terms of this process. Written by the publisher, read from any thread.
package final class PublishingCounters: Sendable {
    package let published = Counter<AnyThread>()
    /// Publications that were numbered and never delivered: all of them.
    package let dropped = Counter<AnyThread>()
    /// Of those, what there was no room for, or of whose stream the history refused something.
    package let droppedAsFull = Counter<AnyThread>()
    /// Of those, what was given up with the term: another leads, or the process stops.
    package let droppedAsDeposed = Counter<AnyThread>()
    /// Deliveries that failed and were, or will be, tried again.
    package let retries = Counter<AnyThread>()

    package init() {}
}
