import NIOCore
import Platform

extension BybitFeed.Configuration {
    /// From the settings of the process. Throws where the address of the exchange makes no sense.
    package init(_ settings: ResolvedSettings) throws {
        self.init(url: try WebSocketURL(settings[Settings.Upstream.url]))
        upstream.topicsPerRequest = settings[Settings.Upstream.topicsPerRequest]
        upstream.pingInterval = TimeAmount(settings[Settings.Upstream.pingInterval])
        upstream.pongTimeout = TimeAmount(settings[Settings.Upstream.pingTimeout])
        upstream.linger = TimeAmount(settings[Settings.Ingestor.topicLinger])
        upstream.staleAfter = TimeAmount(settings[Settings.Ingestor.staleAfter])
        maximumConnections = settings[Settings.Upstream.maximumConnections]
        restHost = try settings[Settings.Upstream.restURL].map { try HTTPHost($0) }
        backoff = Backoff(
            initial: settings[Settings.Upstream.reconnectDelayInitial],
            maximum: settings[Settings.Upstream.reconnectDelayMax],
            multiplier: settings[Settings.Upstream.reconnectDelayMultiplier]
        )
    }
}
