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
        /// Where the exchange answers HTTP; nil for where its WebSocket address leads to.
        package var restHost: HTTPHost?

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

    package func instruments(on group: any EventLoopGroup) -> (any InstrumentSource)? {
        BybitREST(
            host: configuration.restHost ?? BybitREST.host(besides: configuration.url),
            category: BybitREST.category(of: configuration.url),
            client: HTTPGet(group: group)
        )
    }

    package func open(on loop: any EventLoop, sink: any FeedSink) -> any FeedSession {
        BybitSession(configuration: configuration, eventLoop: loop, sink: sink, counters: counters, logger: logger)
    }
}
