/// The table of `docs/settings.md`. A test compares the two, so that the page can't fall behind the code.
package enum SettingsTable {
    package static let beginMarker = "<!-- settings:begin -->"
    package static let endMarker = "<!-- settings:end -->"

    /// One row per setting in the order of the catalog; no newline at the end.
    package static func markdown(_ entries: [any CatalogEntry] = SettingsCatalog.all) -> String {
        let head = [
            "| Setting | Default | Unit | Values | Used by | Meaning |",
            "|---|---|---|---|---|---|",
        ]
        return (head + entries.map(row)).joined(separator: "\n")
    }

    private static func row(_ entry: any CatalogEntry) -> String {
        let defaultCell = entry.defaultText.isEmpty || entry.isSecret ? "" : "`\(entry.defaultText)`"
        let programs =
            entry.usedBy == .everyProgram
            ? "all" : Program.allCases.filter(entry.usedBy.contains).map(\.rawValue).joined(separator: ", ")
        let cells = ["`\(entry.name)`", defaultCell, entry.unit, entry.bounds, programs, entry.summary]
        return "| " + cells.map(escaped).joined(separator: " | ") + " |"
    }

    private static func escaped(_ cell: String) -> String {
        cell.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
    }
}
