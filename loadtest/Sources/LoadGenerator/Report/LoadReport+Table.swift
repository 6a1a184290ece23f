/// The report for people: a line for each figure, names and values aligned.
extension LoadReport {
    package var table: String {
        let rows = connectionRows + deliveryRows + latencyRows + slowRows + stormRows + generatorRows
        let width = rows.map(\.0.count).max() ?? 0
        let lines = rows.map { name, value in "  \(name)\(String(repeating: " ", count: width - name.count))  \(value)"
        }
        let title = "\(scenario.rawValue), \(target.rawValue)\(isInterrupted ? ", interrupted" : "")"
        return ([title] + lines + problems.map { "  PROBLEM: \($0)" }).joined(separator: "\n")
    }

    private typealias Row = (String, String)

    private var connectionRows: [Row] {
        guard clients > 0 else { return [] }
        let retried = retries > 0 ? ", \(Amount.count(retries)) retries" : ""
        let time = "\(Amount.decimal(connectSeconds)) s"
        return [
            ("clients", "\(Amount.count(connected)) of \(Amount.count(clients)) connected in \(time)\(retried)"),
            ("subscriptions", "\(Amount.count(subscriptions)) to \(Amount.count(streams)) streams"),
            closed.isEmpty ? nil : ("closed by the server", Amount.counts(closed)),
            scenario == .churn ? ("connections made", Amount.count(connectionsMade)) : nil,
        ].compactMap { $0 }
    }

    private var deliveryRows: [Row] {
        var rows: [Row] = [("measured", "\(Amount.decimal(seconds)) s")]
        if let published, let publishedPerSecond {
            let perSecond = Amount.count(Int(publishedPerSecond.rounded()))
            rows.append(("published", "\(Amount.count(published)), \(perSecond)/s of \(bytes) bytes"))
        }
        guard clients > 0, scenario != .idle else { return rows }
        let perSecond = Amount.count(Int(deliveriesPerSecond.rounded()))
        let share = share.map { ", \(Amount.decimal($0 * 100, digits: 4)) % of what was expected" } ?? ""
        rows.append(("delivered", "\(Amount.count(delivered)), \(perSecond)/s\(share)"))
        if conflated > 0 { rows.append(("conflated", "\(Amount.count(conflated)) came as part of a range")) }
        rows.append(
            (
                "gaps",
                "\(Amount.count(gaps)) untold (\(Amount.count(missing)) missing), \(Amount.count(toldGaps)) told (\(Amount.count(toldMissing)) missing)"
            )
        )
        rows.append(("repeats, reorders", "\(Amount.count(repeats)), \(Amount.count(reorders))"))
        if unreadable > 0 { rows.append(("unreadable", Amount.count(unreadable))) }
        return rows
    }

    private var latencyRows: [Row] { latency.map { [("latency", Self.line($0))] } ?? [] }

    private var slowRows: [Row] {
        guard let slow else { return [] }
        return [
            ("slow clients", "\(Amount.count(slow.connected)) of \(Amount.count(slow.clients)) still connected"),
            ("  closed", slow.closed.isEmpty ? "none" : Amount.counts(slow.closed)),
            ("  delivered", "\(Amount.count(slow.delivered)), \(Amount.count(slow.conflated)) conflated"),
            ("  gaps", "\(Amount.count(slow.gaps)) untold, \(Amount.count(slow.toldGaps)) told"),
            slow.latency.map { ("  age of data", Self.line($0)) },
        ].compactMap { $0 }
    }

    private var stormRows: [Row] {
        guard let storm else { return [] }
        let last = storm.secondsToLastLive.map { "the last after \(Amount.decimal($0)) s" } ?? "not all"
        return [
            ("came back", "\(Amount.count(storm.reconnected)), live \(Amount.count(storm.live)), \(last)"),
            ("recovered", "\(Amount.count(storm.recovered)) subscriptions, \(Amount.count(storm.notRecovered)) not"),
            ("replayed", Amount.count(storm.replayed)),
        ]
    }

    /// Above it clients wait for one another.
    private static let fullLoad = 0.8

    private var generatorRows: [Row] {
        var rows: [Row] = []
        let perMessage = clientCPUMicrosecondsPerMessage.map { ", \(Amount.decimal($0)) µs per message" } ?? ""
        let busy = ", \(Amount.decimal(clientLoad * 100, digits: 0)) % busy"
        rows.append(("CPU of the clients", "\(Amount.decimal(clientCPUSeconds)) s\(perMessage)\(busy)"))
        if clientLoad > Self.fullLoad { rows.append(("", "so busy that their own work is in the latency")) }
        rows.append(("CPU of the generator", "\(Amount.decimal(processCPUSeconds)) s with publishing"))
        if let generatorLag { rows.append(("lag of the publisher", Self.line(generatorLag))) }
        if let stalls, stalls > 0 { rows.append(("stalls", Amount.count(stalls))) }
        return rows
    }

    private static func line(_ latency: LatencySummary) -> String {
        [
            ("p50", latency.p50), ("p90", latency.p90), ("p99", latency.p99), ("p99.9", latency.p999),
            ("max", latency.max),
        ].map { "\($0) \(Amount.time(microseconds: $1))" }.joined(separator: "  ")
    }
}
