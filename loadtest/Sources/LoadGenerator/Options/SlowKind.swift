/// How slow clients are slow.
package enum SlowKind: String, Sendable, CaseIterable {
    case stop
    case trickle
    /// Reads `slowRate` bytes a second without a pause, from the beginning.
    case steady
}
