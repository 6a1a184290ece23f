import FoundationEssentials
import Testing

@testable import Platform

@Suite struct SettingsTableTests {
    @Test func aRowSaysAllOfASetting() {
        let table = SettingsTable.markdown([Settings.Clients.maxTotal, Settings.Edge.echoPath, Settings.Common.brand])
        #expect(table.split(separator: "\n").dropFirst(2).joined(separator: "\n") == Self.threeRows)
    }

    private static let threeRows = """
        | `MAX_CLIENTS_TOTAL` | `10000` | clients | 1 to 1000000 | edge-node, standalone | \
        Clients at a time on one node, or as many as it may open files for; one more is refused with HTTP 503. |
        | `ECHO_PATH` |  |  | a path that begins with '/' and isn't /ws or below it | edge-node, standalone | \
        Path of a WebSocket that echoes, to test a proxy or a network; unset: none. |
        | `BRAND` | `tidegate` |  | letters, digits, '-' and '_' only | all | \
        The name that stream names and the `source` of messages carry. |
        """

    /// With UPDATE_SETTINGS_TABLE set (`make settings-table`) it writes the table instead.
    @Test func thePageHasTheTableOfTheCode() throws {
        let page = URL(filePath: #filePath).appending(path: "../../../../../docs/settings.md").standardized
        let text = try String(contentsOf: page, encoding: .utf8)
        let begin = try #require(text.firstRange(of: SettingsTable.beginMarker), "docs/settings.md has no begin marker")
        let end = try #require(text.firstRange(of: SettingsTable.endMarker), "docs/settings.md has no end marker")
        try #require(begin.upperBound <= end.lowerBound, "the markers in docs/settings.md are the wrong way round")
        let block = "\n" + SettingsTable.markdown() + "\n"
        if ProcessInfo.processInfo.environment["UPDATE_SETTINGS_TABLE"] != nil {
            let updated = text[..<begin.upperBound] + block + text[end.lowerBound...]
            try Data(updated.utf8).write(to: page)
            return
        }
        let isCurrent = text[begin.upperBound..<end.lowerBound] == block
        #expect(isCurrent, "the table in docs/settings.md is not that of the code: run `make settings-table`")
    }
}
