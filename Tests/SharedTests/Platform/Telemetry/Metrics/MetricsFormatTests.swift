import NIOCore
import NIOHTTP1
import Testing

@testable import Platform

@Suite struct MetricsFormatTests {
    @Test(
        arguments: [
            ([], .text),
            (["*/*"], .text),
            (["text/html"], .text),
            (["application/openmetrics-text"], .openMetrics),
            (["Application/OpenMetrics-Text; Version=1.0.0; charset=utf-8"], .openMetrics),
            (["application/openmetrics-text; version=\"1.0.0\""], .openMetrics),
            (["application/openmetrics-text;version=0.0.1"], .text),
            (["application/openmetrics-text;q=0"], .text),
            (["application/openmetrics-text;q=0.5,text/plain"], .text),
            (["application/openmetrics-text;q=0.5", "text/plain;q=0.4"], .openMetrics),
            (["application/openmetrics-text;q=0.5,*/*"], .text),
            (["application/openmetrics-text;q=x"], .text),
            // Prometheus 2.42 and 3.
            (
                [
                    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
                        + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
                ], .openMetrics
            ),
            (
                [
                    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
                        + "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;q=0.4,"
                        + "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
                ], .openMetrics
            ),
        ] as [([String], MetricsFormat)]
    )
    func whatIsAskedForIsTold(accept: [String], format: MetricsFormat) {
        #expect(MetricsFormat(accept: accept) == format)
    }

    @Test(arguments: [(MetricsFormat.text, "0.0.4"), (.openMetrics, "1.0.0")])
    func thePageSaysWhatItIs(format: MetricsFormat, version: String) async throws {
        let family = MetricFamily.gauge("there", "It is.")
        let page = MetricsPage {
            var snapshot = MetricsSnapshot()
            snapshot.add(family, true)
            return snapshot
        }
        var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/metrics")
        head.headers.add(name: "Accept", value: format.type.text)
        guard case .later(let answer) = page.answer(HTTPRequest(head: head)) else {
            Issue.record("it holds the loop up")
            return
        }
        let reply = await answer()
        #expect(reply.status == .ok && reply.type.text.contains("version=\(version);"))
        #expect(reply.headers.contains { $0 == ("Vary", "Accept") })
        #expect(String(buffer: reply.body).contains("\nthere 1\n"))
    }
}
