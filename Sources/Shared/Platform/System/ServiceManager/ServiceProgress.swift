/// Which states of a service are news: ready once, when it is so first, and stopping once, after which it is never ready. Pure.
///
/// That a service which was ready loses something that it needs is none of its manager's business: to start it anew would not mend
/// that. Who sends clients looks at `/ready`.
package struct ServiceProgress: Sendable {
    private var isReady = false
    private var isStopping = false

    package init() {}

    package var awaitsReadiness: Bool { !isReady && !isStopping }

    /// Nil where it is no news.
    package mutating func becameReady() -> ServiceState? {
        guard awaitsReadiness else { return nil }
        isReady = true
        return .ready
    }

    /// Nil where it is no news.
    package mutating func stops() -> ServiceState? {
        guard !isStopping else { return nil }
        isStopping = true
        return .stopping
    }
}
