/// The tables of `docs/metrics.md`. A test compares the two, so that the page can't fall behind the code.
package enum MetricsTable {
    /// One row for each family; no newline at the end.
    package static func markdown(_ families: [MetricFamily]) -> String {
        let head = ["| Metric | Kind | Labels | Meaning |", "|---|---|---|---|"]
        return (head + families.map(row)).joined(separator: "\n")
    }

    package static func begin(_ section: String) -> String { "<!-- metrics:\(section):begin -->" }
    package static func end(_ section: String) -> String { "<!-- metrics:\(section):end -->" }

    private static func row(_ family: MetricFamily) -> String {
        let labels = family.labels.map { "`\($0)`" }.joined(separator: ", ")
        let absence = family.absence.map { " Not there \($0)." } ?? ""
        let cells = ["`\(family.name)`", family.kind.rawValue, labels, family.help + absence]
        return "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }
}
