import FeedKit
import Logging
import NIOCore
import Platform

/// Bybit's public feed, V5: up to `maximumConnections` connections to one category.
package final class BybitFeed: Feed {
    package struct Configuration: Sendable {
        package var url: WebSocketURL
        package var upstream = UpstreamSettings()
        package var backoff = Backoff(initial: .seconds(1), maximum: .seconds(60), multiplier: 2)
        package var maximumConnections = 1
        package var isSimulated = false

        package init(url: WebSocketURL) {
            self.url = url
        }
    }

    package let counters = FeedCounters()
    package let configuration: Configuration
    private let logger: Logger

    package init(configuration: Configuration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    package var isSimulated: Bool { configuration.isSimulated }

    package func open(on loop: any EventLoop, sink: any FeedSink) -> any FeedSession {
        BybitSession(configuration: configuration, eventLoop: loop, sink: sink, counters: counters, logger: logger)
    }
}
