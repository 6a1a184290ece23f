/// What the manager of a service is still to be told. Pure; the time is passed in.
///
/// That it is ready once, at first, whatever it waits for: its ports are open, and its pages say how it is. Then how it is, in words,
/// when that has changed, once a second at most. Then once that it stops, after which there is nothing more to be told. Nothing counts
/// as told before it has been (`told`): what could not be sent is what is to be told next as well.
///
/// That a service which has come up loses something that it needs is in the words only: to start it anew would not mend that. Who
/// sends clients looks at `/ready`.
package struct ServiceProgress: Sendable {
    package typealias Instant = ContinuousClock.Instant

    /// Between two times that it is told how the service is.
    package static let pause = Duration.seconds(1)

    private var isReady = false
    private var isStopping = false
    private var words = ""
    private var toldAt: Instant?
    /// It was told that the service stops: the last there is to tell.
    package private(set) var isOver = false

    package init() {}

    /// The service was told to stop.
    package mutating func stops() { isStopping = true }

    /// Nil where there is nothing to tell now.
    ///
    /// - Parameter words: How the service is.
    package func news(_ words: String, at now: Instant) -> ServiceState? {
        if isStopping { return isOver ? nil : .stopping }
        guard isReady, let toldAt else { return .ready(words) }
        guard words != self.words, now - toldAt >= Self.pause else { return nil }
        return .status(words)
    }

    /// It has been told, or never can be.
    package mutating func told(_ state: ServiceState, at now: Instant) {
        toldAt = now
        switch state {
        case .ready(let words):
            isReady = true
            self.words = words
        case .status(let words): self.words = words
        case .stopping: isOver = true
        }
    }
}
