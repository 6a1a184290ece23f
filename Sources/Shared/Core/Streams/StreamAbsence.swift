/// A stream of a kind that is known is not to be had: what its name names does not exist.
package struct StreamAbsence: Sendable, Hashable {
    /// In words, for the client that asked for it.
    package var reason: String
    /// For how long this may be said again without asking the catalog.
    package var lifetime: Duration

    package init(reason: String, lifetime: Duration) {
        self.reason = reason
        self.lifetime = lifetime
    }
}
