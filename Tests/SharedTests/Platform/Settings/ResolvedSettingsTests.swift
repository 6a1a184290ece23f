import Testing

@testable import Platform

@Suite struct ResolvedSettingsTests {
    @Test func describesTheProgramsOwnSettingsWithTheirOrigins() async throws {
        let settings = try await ConfigurationLoader.load(
            for: .ingestor,
            environment: ["BYBIT_PING_INTERVAL": "15", "PORT": "1"]
        )
        let lines = settings.description.split(separator: "\n")
        #expect(lines.contains("BYBIT_PING_INTERVAL=15 (from the environment)"))
        #expect(lines.contains("BYBIT_PING_TIMEOUT=10 (default)"))
        #expect(lines.contains("ADMIN_HOST=0.0.0.0 (default)"))
        #expect(!lines.contains { $0.hasPrefix("PORT=") })
    }

    @Test func replacingChecksTheRuleAndLeavesTheOriginalAlone() throws {
        let defaults = ResolvedSettings.defaults(for: .edgeNode)
        let changed = try defaults.replacing(Settings.Edge.port, with: 0)
        #expect(changed[Settings.Edge.port] == 0)
        #expect(defaults[Settings.Edge.port] == 8000)
        #expect(changed.description.contains("PORT=0 (set by the program)"))
        #expect(throws: SettingRefusal.self) { try defaults.replacing(Settings.Edge.port, with: 65_536) }
    }

    @Test func anOptionalCanBePutBackToUnset() throws {
        let given = try ResolvedSettings.defaults(for: .edgeNode).replacing(Settings.Edge.echoPath, with: "/echo")
        #expect(given[Settings.Edge.echoPath] == "/echo")
        #expect(try given.replacing(Settings.Edge.echoPath, with: nil)[Settings.Edge.echoPath] == nil)
    }
}
