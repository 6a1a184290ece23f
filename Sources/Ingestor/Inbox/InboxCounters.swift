import Platform

/// What has come to the inbox, over all terms of this process. Written by the inbox, read from any thread.
package final class InboxCounters: Sendable {
    /// Numbered, kept and handed to the broker.
    package let published = Counter<AnyThread>()
    /// Signed, but not published: of an unknown stream, say.
    package let refused = Counter<AnyThread>()
    /// Unsigned, forged, too old, or unreadable.
    package let unsigned = Counter<AnyThread>()
    /// Came again: not numbered twice.
    package let repeated = Counter<AnyThread>()
    /// Numbered, and then dropped.
    package let lost = Counter<AnyThread>()
    /// More came at a time than is kept.
    package let overrun = Counter<AnyThread>()

    package init() {}
}
