import Foundation
import Platform
import Stores
import Testing

@testable import EdgeNode
@testable import Ingestor

@Suite struct MetricsTableTests {
    private static let sections = [
        ("common", StoreMetrics.common), ("edge-node", EdgeReport.ownFamilies),
        ("ingestor", IngestorReport.ownFamilies),
    ]

    @Test func aRowSaysAllOfAFamily() {
        let families = [
            MetricFamily.counter("a_total", by: ["x", "y"], "Some | more."),
            MetricFamily.gauge("b_seconds", "How long.", absent: "until it began"),
        ]
        #expect(
            MetricsTable.markdown(families).split(separator: "\n").dropFirst(2) == [
                "| `a_total` | counter | `x`, `y` | Some \\| more. |",
                "| `b_seconds` | gauge |  | How long. Not there until it began. |",
            ]
        )
    }

    /// With UPDATE_METRICS_TABLE set (`make metrics-table`) it writes the tables instead.
    @Test func thePageHasTheTablesOfTheCode() throws {
        let page = URL(filePath: #filePath).appending(path: "../../../../docs/metrics.md").standardized
        var text = try String(contentsOf: page, encoding: .utf8)
        let before = text
        for (section, families) in Self.sections {
            let begin = try #require(text.firstRange(of: MetricsTable.begin(section)), "no begin of \(section)")
            let end = try #require(text.firstRange(of: MetricsTable.end(section)), "no end of \(section)")
            try #require(begin.upperBound <= end.lowerBound, "the markers of \(section) are the wrong way round")
            text.replaceSubrange(begin.upperBound..<end.lowerBound, with: "\n\(MetricsTable.markdown(families))\n")
        }
        if ProcessInfo.processInfo.environment["UPDATE_METRICS_TABLE"] != nil {
            try Data(text.utf8).write(to: page)
            return
        }
        let isCurrent = text == before
        #expect(isCurrent, "the tables in docs/metrics.md are not those of the code: run `make metrics-table`")
    }

    /// A name twice in one program would be one family with two meanings.
    @Test func noNameIsTwiceInAProgram() {
        for own in [EdgeReport.ownFamilies, IngestorReport.ownFamilies] {
            let names = (StoreMetrics.common + own).map(\.name)
            #expect(Set(names).count == names.count)
        }
    }
}
