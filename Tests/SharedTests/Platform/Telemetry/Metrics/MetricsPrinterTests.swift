import Testing

@testable import Platform

/// Both formats, letter by letter.
@Suite struct MetricsPrinterTests {
    private static let closed = MetricFamily.counter(
        "closed_total",
        by: ["code", "by"],
        "Who has \"left\"\nand how: \\."
    )
    private static let age = MetricFamily.gauge("age_seconds", "How old.")
    private static let delay = MetricFamily.histogram("delay_seconds", by: ["shard"], "How late.")
    private static let cpu = MetricFamily.counter("cpu_seconds_total", "Time.")

    private static var snapshot: MetricsSnapshot {
        var snapshot = MetricsSnapshot()
        snapshot.add(closed, 3, labels: ["1000", "client"])
        snapshot.add(closed, 0, labels: ["other", "a\"b\\c\nd"])
        snapshot.add(age, 0.25)
        let delays = MetricHistogram<OneThread>(.seconds)
        delays.record(60_000)
        delays.record(70_000_000_000, count: 2)
        snapshot.add(delay, delays.snapshot, labels: ["0"])
        snapshot.add(cpu, 1.5)
        return snapshot
    }

    private static let buckets: String = {
        let bounds = [
            "5e-05", "0.0001", "0.00025", "0.0005", "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25",
            "0.5", "1.0", "2.5", "5.0", "10.0", "60.0", "+Inf",
        ]
        return bounds.map { bound in
            let count = bound == "5e-05" ? 0 : bound == "+Inf" ? 3 : 1
            return "delay_seconds_bucket{shard=\"0\",le=\"\(bound)\"} \(count)\n"
        }.joined()
    }()

    @Test func inTheTextFormatACounterIsCalledAsItsSamplesAre() {
        #expect(
            MetricsPrinter.print(Self.snapshot, as: .text) == #"""
                # HELP closed_total Who has "left"\nand how: \\.
                # TYPE closed_total counter
                closed_total{code="1000",by="client"} 3
                closed_total{code="other",by="a\"b\\c\nd"} 0
                # HELP age_seconds How old.
                # TYPE age_seconds gauge
                age_seconds 0.25
                # HELP delay_seconds How late.
                # TYPE delay_seconds histogram

                """# + Self.buckets + #"""
                    delay_seconds_sum{shard="0"} 140.00006
                    delay_seconds_count{shard="0"} 3
                    # HELP cpu_seconds_total Time.
                    # TYPE cpu_seconds_total counter
                    cpu_seconds_total 1.5

                    """#
        )
    }

    @Test func inOpenMetricsItHasAUnitAndAnEnd() {
        #expect(
            MetricsPrinter.print(Self.snapshot, as: .openMetrics) == #"""
                # HELP closed Who has \"left\"\nand how: \\.
                # TYPE closed counter
                closed_total{code="1000",by="client"} 3
                closed_total{code="other",by="a\"b\\c\nd"} 0
                # HELP age_seconds How old.
                # TYPE age_seconds gauge
                # UNIT age_seconds seconds
                age_seconds 0.25
                # HELP delay_seconds How late.
                # TYPE delay_seconds histogram
                # UNIT delay_seconds seconds

                """# + Self.buckets + #"""
                    delay_seconds_sum{shard="0"} 140.00006
                    delay_seconds_count{shard="0"} 3
                    # HELP cpu_seconds Time.
                    # TYPE cpu_seconds counter
                    # UNIT cpu_seconds seconds
                    cpu_seconds_total 1.5
                    # EOF

                    """#
        )
    }

    /// The acute accent and the quotation mark are one character, and two scalars.
    @Test func aQuotationMarkIsEscapedWhateverCombinesWithIt() {
        var snapshot = MetricsSnapshot()
        snapshot.add(Self.closed, 1, labels: ["\"\u{301}", "\\\u{301}"])
        let text = MetricsPrinter.print(snapshot, as: .text)
        #expect(text.contains("{code=\"\\\"\u{301}\",by=\"\\\\\u{301}\"} 1\n"))
    }

    @Test func aSnapshotIsReadByFamilyAndLabels() {
        let snapshot = Self.snapshot
        #expect(snapshot[Self.closed] == 3)
        #expect(snapshot[Self.closed, "1000", "client"] == 3 && snapshot[Self.closed, "1000", "node"] == 0)
        #expect(snapshot[MetricFamily.gauge("nothing", "")] == 0)
    }

    @Test func ofTwoSnapshotsTheFirstIsBelieved() {
        var (first, second) = (MetricsSnapshot(), MetricsSnapshot())
        first.add(Self.age, 1)
        second.add(Self.age, 2)
        second.add(Self.cpu, 3)
        first.add(absentFrom: second)
        #expect(first[Self.age] == 1 && first[Self.cpu] == 3)
    }

    /// A node and an ingestor in one process measure different ways.
    @Test func ofAFamilyThatTheyShareBothTellTheirPart() {
        var (node, ingestor) = (MetricsSnapshot(), MetricsSnapshot())
        node.add(1, at: .broker)
        node.add(2, at: .endToEnd)
        node.add(Self.age, 1)
        ingestor.add(4, at: .ingest)
        ingestor.add(100, at: .broker)
        ingestor.add(Self.age, 2)
        var both = node
        both.add(absentFrom: ingestor, joining: [LagMeter.negativeLags])
        let lags = LagMeter.negativeLags
        #expect(both[lags, "ingest"] == 4 && both[lags, "broker"] == 1 && both[lags, "end_to_end"] == 2)
        #expect(both[Self.age] == 1)
        node.add(absentFrom: ingestor)
        #expect(node[lags] == 3)
    }
}
