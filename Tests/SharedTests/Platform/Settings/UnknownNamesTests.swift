import Testing

@testable import Platform

@Suite struct UnknownNamesTests {
    @Test(
        arguments: [
            ("MAX_CLIENT_TOTAL", nil),
            ("MAX_CLIENTS_TOTALS", "did you mean MAX_CLIENTS_TOTAL?"),
            ("MAX_CLIENTS", "docs/settings.md has the table of settings"),
            ("MAX_SUBSCRIPTION_PER_CLIENT", nil),
            ("MAX_SUBSCRIPTIONS_PER_CLIENTS", "did you mean MAX_SUBSCRIPTIONS_PER_CLIENT?"),
            ("MAX_MESSAGE_BYTE", "did you mean MAX_MESSAGE_BYTES?"),
            ("BYBIT_WSS_URL", "did you mean BYBIT_WS_URL?"),
            ("TIDEGATE_PORT", "did you mean PORT?"),
            ("TIDEGATE_CONFIGURATION_OF_ALL", "docs/settings.md has the table of settings"),
            ("SOMETHING_ELSE", nil),
            ("LOG_LEVELS", nil),
            ("SHUTDOWN_TIMEOUTS", nil),
        ] as [(String, String?)]
    )
    func inTheEnvironment(name: String, advice: String?) async {
        let expected = advice.map { ["\(name): is not a setting; \($0) (from the environment)"] } ?? []
        #expect(await problems([name: "1"]) == expected)
    }

    @Test(arguments: SettingsCatalog.standard.renamed.map(\.old))
    func aSettingThatHasAnotherNameNowIsRefusedWithTheNewOne(name: String) async throws {
        let renamed = try #require(SettingsCatalog.standard.renamed.first { $0.old == name })
        #expect(
            SettingsCatalog.all.contains { $0.name == renamed.new } && !SettingsCatalog.all.contains { $0.name == name }
        )
        let words = "\(name): is called \(renamed.new) now, \(renamed.difference); give that one in its place"
        #expect(await problems([name: "10"]) == ["\(words) (from the environment)"])
        // Also where the new one is there: one of the two would silently not hold.
        #expect(await problems([name: "10", renamed.new: "10"]) == ["\(words) (from the environment)"])
        let inFile = words.replacing(name, with: name.lowercased()).replacing(
            renamed.new,
            with: renamed.new.lowercased()
        )
        #expect(await problems(yaml: "\(name.lowercased()): 10") == ["\(inFile) (from the file FILE)"])
    }

    @Test(arguments: [
        ("TIDEGATE_SERVICE_HOST", "10.0.0.1"), ("TIDEGATE_EDGE_SERVICE_PORT", "8000"),
        ("TIDEGATE_SERVICE_PORT_HTTP", "8000"), ("TIDEGATE_PORT", "tcp://10.0.0.1:8000"),
        ("TIDEGATE_PORT_8000_TCP", "tcp://10.0.0.1:8000"), ("TIDEGATE_EDGE_PORT_8000_TCP_ADDR", "10.0.0.1"),
    ])
    func whatKubernetesSetsForAServiceIsNoMistakeOfAnybody(name: String, value: String) async {
        #expect(await problems([name: value]).isEmpty)
    }

    @Test(arguments: [
        ("max_client_total: 5", "max_client_total: is not a setting; did you mean max_clients_total?"),
        ("MAX_CLIENTS_TOTAL: 5", "MAX_CLIENTS_TOTAL: is not a setting; did you mean max_clients_total?"),
        ("colour: red", "colour: is not a setting; docs/settings.md has the table of settings"),
        ("edge:\n  port: 5", "edge.port: is not a setting; docs/settings.md has the table of settings"),
        (
            "tidegate_config: /x",
            "tidegate_config: a file can't name the file to read; give it in the environment"
        ),
        ("port: [1, 2]", "PORT: a list is not one value; give one from 0 to 65535, like 8000"),
    ])
    func inTheFile(yaml: String, line: String) async {
        #expect(await problems(yaml: yaml) == [line + " (from the file FILE)"])
    }

    @Test func aSettingNotInTheFileButInTheEnvironmentIsNoUnknownKey() async {
        #expect(await problems(["PORT": "1"], yaml: "host: localhost").isEmpty)
    }

    @Test(
        arguments: [
            ("JWT_AUDIENCES", "JWT_AUDIENCE"), ("JWT_SECRE", "JWT_SECRET"), ("REDIS_URI", "REDIS_URL"),
            ("jwt_secret", "JWT_SECRET"), ("JWT_SECRET", nil), ("LOG_LVL", nil), ("PORTS", nil), ("SORT", nil),
            // These stop the program already.
            ("SHUTDOWN_TIMEOUT", nil), ("MAX_MESSAGE_BYTE", nil),
        ] as [(String, String?)]
    )
    func aVariableThatIsALetterAwayIsWorthAWarning(name: String, near: String?) {
        let expected = near.map { ["\(name): is not a setting; did you mean \($0)?"] } ?? []
        #expect(SettingsCatalog.standard.misspellings(in: [name: "1"]) == expected)
    }
}
