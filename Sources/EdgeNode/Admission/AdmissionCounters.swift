import Platform

/// What admission has counted, of all that wanted to come in. Any thread.
package final class AdmissionCounters: Sendable {
    /// Refused for what they have shown, or have not.
    package let refused = Counter<AnyThread>()
    /// Told to come again, since nobody could judge what they have shown.
    package let unavailable = Counter<AnyThread>()

    package init() {}
}
