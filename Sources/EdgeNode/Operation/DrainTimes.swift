import NIOCore

/// How long a node takes to leave when it is told to stop. A value.
package struct DrainTimes: Sendable {
    /// So long it goes on taking clients, and only says that it is not ready any more.
    package var delay: TimeAmount = .zero
    /// From the signal to the end, the delay with it.
    package var total: TimeAmount = .seconds(10)

    package init(delay: TimeAmount = .zero, total: TimeAmount = .seconds(10)) {
        self.delay = delay
        self.total = total
    }
}
