import NIOCore
import NIOHTTP1

/// `/metrics`: what was counted, for Prometheus. Made off the loop: to count the open descriptors takes its time.
package struct MetricsPage: HTTPPage {
    package let path = "/metrics"
    private let snapshot: @Sendable () async -> MetricsSnapshot

    package init(_ snapshot: @escaping @Sendable () async -> MetricsSnapshot) {
        self.snapshot = snapshot
    }

    package func answer(_ request: HTTPRequest) -> HTTPAnswer {
        let format = MetricsFormat(accept: request.headers["accept"])
        return .later { [snapshot] in
            let text = MetricsPrinter.print(await snapshot(), as: format)
            return HTTPReply(.ok, body: ByteBuffer(string: text), type: format.type, headers: [("Vary", "Accept")])
        }
    }
}
