/// How slow clients are slow.
package enum SlowKind: String, Sendable, CaseIterable {
    case stop
    case trickle
}
