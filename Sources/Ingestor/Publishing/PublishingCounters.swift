import Synchronization

/// What became of the publications, over all terms of this process. Written by the publisher, read from any thread.
package final class PublishingCounters: Sendable {
    package let published = Atomic(0)
    /// Publications that were numbered and never delivered.
    package let dropped = Atomic(0)
    /// Deliveries that failed and were, or will be, tried again.
    package let retries = Atomic(0)

    package init() {}
}
