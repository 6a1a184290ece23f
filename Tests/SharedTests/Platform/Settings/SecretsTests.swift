import Testing

@testable import Platform

/// A secret may be read, never shown.
@Suite struct SecretsTests {
    private static let secret = Setting<String?>(
        "API_TOKEN",
        default: nil,
        rule: .optional(SettingRule(bounds: "16 characters or more", example: "abc") { $0.count >= 16 }),
        usedBy: .edge,
        isSecret: true,
        summary: "A token."
    )
    private static let catalog = SettingsCatalog(entries: [Settings.Common.configurationFile, secret])

    @Test(
        arguments: [
            (["API_TOKEN": "hunter2-hunter2-hunter2"], nil), ([:], "api_token: hunter2-hunter2-hunter2"),
        ] as [([String: String], String?)]
    )
    func isReadButNotDescribed(environment: [String: String], yaml: String?) async throws {
        let settings = try await load(environment, yaml: yaml, catalog: Self.catalog)
        #expect(settings[Self.secret] == "hunter2-hunter2-hunter2")
        var dumped = ""
        dump(settings, to: &dumped)
        for text in [settings.description, settings.debugDescription, "\([settings])", dumped] {
            #expect(text.contains("API_TOKEN=<redacted>"))
            #expect(!text.contains("hunter2"))
        }
    }

    @Test func isNotQuotedWhenRefused() async {
        #expect(
            await problems(["API_TOKEN": "hunter2"], catalog: Self.catalog) == [
                "API_TOKEN: the value (not shown here) is not allowed; give 16 characters or more "
                    + "(from the environment)"
            ]
        )
        #expect(throws: SettingRefusal(reason: "the value (not shown here) is not allowed; give 16 characters or more"))
        {
            try ResolvedSettings.defaults(for: .edgeNode).replacing(Self.secret, with: "hunter2")
        }
    }

    @Test(arguments: [
        "api_token: [hunter2, hunter2", "api_token: hunter2\napi_token: hunter2", "port: 1\n\thost: hunter2",
    ])
    func isNotQuotedWhenTheFileIsMalformed(_ yaml: String) async {
        let lines = await problems(yaml: yaml, catalog: Self.catalog)
        #expect(lines.count == 1)
        #expect(lines.first?.contains("line 1, column") == true || lines.first?.contains("unique") == true, "\(lines)")
        #expect(!lines.joined().contains("hunter2"))
    }
}
