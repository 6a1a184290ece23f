import NIOCore

/// The bounds and times of the connection to the exchange.
package struct UpstreamSettings: Sendable {
    /// Topics in one request: a larger one is split.
    package var topicsPerRequest = 10
    /// Requests that may wait for their acknowledgement at one time.
    package var requestsInFlight = 8
    /// Characters of all topics on one connection; the exchange's own limit.
    package var charactersPerConnection = 21_000
    /// Characters of the topics that are being asked for and that the exchange has never confirmed. A quarter of the
    /// connection: what anybody invents must not fill it.
    package var unconfirmedCharacters = 5_250
    /// Topics that may wait to be asked for. Of more than these those with the highest ranks are let go, until their nodes
    /// repeat what they want.
    package var maximumWaiting = 10_000
    package var pingInterval: TimeAmount = .seconds(20)
    package var pongTimeout: TimeAmount = .seconds(10)
    package var acknowledgementTimeout: TimeAmount = .seconds(10)
    /// How long a topic that nobody wants stays subscribed.
    package var linger: TimeAmount = .seconds(30)
    /// A steady topic that is silent for so long is subscribed anew.
    package var staleAfter: TimeAmount = .seconds(60)
    /// A topic whose state was lost is subscribed anew at most once in this time; where that does not help, ever more
    /// rarely, up to the maximum.
    package var refreshInterval: TimeAmount = .seconds(5)
    package var refreshIntervalMaximum: TimeAmount = .seconds(60)
    /// A topic that the exchange refuses for the time being is asked for again after this time, and ever more rarely.
    package var retryInterval: TimeAmount = .seconds(1)
    package var retryMaximum: TimeAmount = .seconds(60)
    /// The longest wait between two attempts where the exchange refuses all subscriptions.
    package var pauseMaximum: TimeAmount = .seconds(5)
    /// How long a final refusal by the exchange is remembered.
    package var refusalMemory: TimeAmount = .seconds(60)

    package init() {}
}
