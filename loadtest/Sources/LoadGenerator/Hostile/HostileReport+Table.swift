/// The report for people.
extension HostileReport {
    package var table: String {
        let rows = memoryRows + honestRows + crews.map { ($0.kind.words, Self.line($0)) }
        let width = rows.map(\.0.count).max() ?? 0
        let lines = rows.map { "  \($0)\(String(repeating: " ", count: width - $0.count))  \($1)" }
        let title = "hostile, \(Amount.decimal(seconds, digits: 0)) s, \(url)\(isInterrupted ? ", interrupted" : "")"
        return ([title] + lines + problems.map { "  PROBLEM: \($0)" }).joined(separator: "\n")
    }

    private var memoryRows: [(String, String)] {
        guard let memory else { return [("memory of the node", "unknown: no process of this machine, or not ours")] }
        let (before, peak) = (Double(memory.before) / 1e6, Double(memory.peak) / 1e6)
        return [("memory of the node", "\(Amount.decimal(before)) MB before, at most \(Amount.decimal(peak)) MB")]
    }

    private var honestRows: [(String, String)] {
        let lost = honest.ended.isEmpty ? "all stayed" : "lost: \(Amount.counts(honest.ended))"
        return [
            (
                "honest clients",
                "\(honest.clients), \(lost); \(Amount.count(honest.messages)) messages, \(honest.untold) gaps untold"
            ),
            ("  age of data", Self.line(honest.quiet.age, honest.hostile.age)),
            ("  ping to pong", Self.line(honest.quiet.pong, honest.hostile.pong)),
            (
                "  newcomers",
                "\(honest.served) served, \(honest.unserved.count) not; "
                    + Self.line(honest.quiet.newcomer, honest.hostile.newcomer)
            ),
        ]
    }

    private static func line(_ quiet: LatencySummary?, _ hostile: LatencySummary?) -> String {
        "before p99 \(p99(quiet)), under attack p50 \(p50(hostile)) p99 \(p99(hostile)) max \(max(hostile))"
    }

    private static func line(_ crew: Crew) -> String {
        let time = crew.time.map { "; \(measured(crew.kind)) p99 \(p99($0)) max \(max($0))" } ?? ""
        return
            "\(crew.connections) connections: \(Amount.counts(crew.ended)); \(Amount.count(crew.bytesSent)) bytes sent"
            + time
    }

    private static func measured(_ kind: HostileKind) -> String { kind == .steady ? "age of data" : "ping to pong" }

    private static func p50(_ time: LatencySummary?) -> String { time.map { Amount.time(microseconds: $0.p50) } ?? "-" }

    private static func p99(_ time: LatencySummary?) -> String { time.map { Amount.time(microseconds: $0.p99) } ?? "-" }

    private static func max(_ time: LatencySummary?) -> String { time.map { Amount.time(microseconds: $0.max) } ?? "-" }
}
