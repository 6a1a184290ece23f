import Foundation
import Histogram
import Testing

@testable import LoadGenerator

/// What scripts read and what people read.
@Suite struct LoadReportTests {
    @Test("The JSON has the keys that scripts rely on")
    func json() throws {
        let report = Self.report
        let object = try #require(try JSONSerialization.jsonObject(with: Data(report.json().utf8)) as? [String: Any])
        let keys = [
            "scenario", "target", "clients", "connected", "connectSeconds", "subscriptions", "published", "expected",
            "delivered", "share", "conflated", "gaps", "repeats", "reorders", "closed", "seconds",
            "deliveriesPerSecond", "publishedPerSecond", "latency", "clientCPUSeconds", "generatorLag", "problems",
        ]
        for key in keys { #expect(object[key] != nil, "\(key) is missing") }
        #expect(object["scenario"] as? String == "hot")
        #expect(object["delivered"] as? Int == 990)
        #expect(object["share"] as? Double == 0.995)
        let latency = try #require(object["latency"] as? [String: Int])
        #expect(Set(latency.keys) == ["count", "min", "p50", "p90", "p99", "p999", "max"])
        #expect(latency["p50"] == 100)
        #expect(object["closed"] as? [String: Int] == ["4008": 2])
    }

    @Test("What is wrong with a result is said in words")
    func problems() {
        let report = Self.report
        #expect(report.problems.contains("2 connections were closed by the server: 4008 × 2"))
        #expect(report.problems.contains("1 gaps that nobody told, 5 publications in them"))
        #expect(report.table.contains("PROBLEM: 1 gaps"))
        var clean = LoadReport(.hot, .tidegate)
        clean.expected = 0
        clean.findProblems()
        #expect(clean.problems.isEmpty)
    }

    @Test("Deliveries that never came are a problem, those in ranges and told gaps are not")
    func accounted() {
        var report = LoadReport(.hot, .tidegate)
        (report.clients, report.expected, report.delivered) = (10, 100, 60)
        (report.conflated, report.toldMissing) = (30, 10)
        report.findProblems()
        #expect(report.problems.isEmpty)
        report.delivered = 59
        report.findProblems()
        #expect(report.problems == ["1 of 100 deliveries never came"])
    }

    @Test("The table is aligned and has units")
    func table() {
        let lines = Self.report.table.split(separator: "\n")
        #expect(lines.first == "hot, tidegate")
        #expect(lines.contains { $0.contains("latency") && $0.contains("p50 100 µs") && $0.contains("p99.9") })
        #expect(lines.contains { $0.hasSuffix("990, 990/s, 99.5000 % of what was expected") })
    }

    @Test("Where the clients themselves were the limit the table says so")
    func busy() {
        var report = Self.report
        report.clientLoad = 0.5
        #expect(!report.table.contains("their own work is in the latency"))
        report.clientLoad = 0.9
        #expect(report.table.contains("90 % busy"))
        #expect(report.table.contains("their own work is in the latency"))
    }

    @Test("Numbers are written for people")
    func amounts() {
        #expect(Amount.count(0) == "0")
        #expect(Amount.count(-1_234_567) == "-1,234,567")
        #expect(Amount.time(microseconds: 999) == "999 µs")
        #expect(Amount.time(microseconds: 1500) == "1.50 ms")
        #expect(Amount.time(microseconds: 2_000_000) == "2.00 s")
    }

    private static var report: LoadReport {
        var snapshot = FleetSnapshot()
        snapshot.tally.delivered = 990
        snapshot.tally.conflated = 5
        (snapshot.tally.gaps, snapshot.tally.missing) = (1, 5)
        snapshot.tally.closed = ["4008": 2]
        snapshot.tally.latency.record(100, count: 990)
        var outcome = Publisher.Outcome(published: [60, 40])
        outcome.lag.record(7)
        var report = LoadReport(.hot, .tidegate)
        (report.clients, report.connected, report.seconds, report.subscriptions) = (10, 10, 1, 10)
        report.add(snapshot, slow: snapshot)
        report.add(outcome, expected: 1000)
        report.findProblems()
        return report
    }
}
