import Platform

/// What became of the publications, over all terms of this process. Written by the publisher, read from any thread.
package final class PublishingCounters: Sendable {
    package let published = Counter<AnyThread>()
    /// Publications that were numbered and never delivered.
    package let dropped = Counter<AnyThread>()
    /// Deliveries that failed and were, or will be, tried again.
    package let retries = Counter<AnyThread>()

    package init() {}
}
