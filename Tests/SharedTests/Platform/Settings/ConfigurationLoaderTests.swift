import FoundationEssentials
import Logging
import Testing

@testable import Platform

/// Loads with the given environment and YAML text (nil: no file), and removes the file again.
func load(
    _ environment: [String: String] = [:],
    yaml: String? = nil,
    catalog: SettingsCatalog = .standard,
    requiring required: [any CatalogEntry] = []
) async throws(ConfigurationError) -> ResolvedSettings {
    var environment = environment
    let path = FileManager.default.temporaryDirectory.appending(path: "settings-\(UUID().uuidString).yaml").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    if let yaml {
        #expect(FileManager.default.createFile(atPath: path, contents: Data(yaml.utf8)))
        environment["TIDEGATE_CONFIG"] = path
    }
    return try await ConfigurationLoader.load(
        for: .standalone,
        environment: environment,
        catalog: catalog,
        requiring: required
    )
}

/// The lines that loading refuses with, without the random path of the file.
func problems(
    _ environment: [String: String] = [:],
    yaml: String? = nil,
    catalog: SettingsCatalog = .standard,
    requiring required: [any CatalogEntry] = []
) async -> [String] {
    do {
        _ = try await load(environment, yaml: yaml, catalog: catalog, requiring: required)
        return []
    } catch {
        return error.description.split(separator: "\n").map { line in
            String(line).replacing(/\/[^ "]*settings-[-0-9A-F]+\.yaml/, with: "FILE")
        }
    }
}

@Suite struct ConfigurationLoaderTests {
    @Test func withoutAnythingGivenEachSettingHasItsDefault() async throws {
        let settings = try await load(["PATH": "/bin", "HOME": "/root"])
        #expect(settings[Settings.Edge.port] == 8000)
        #expect(settings[Settings.Clients.pingInterval] == .seconds(20))
        #expect(settings[Settings.Edge.echoPath] == nil)
        #expect(settings[Settings.Common.logLevel] == .info)
        #expect(settings[Settings.Upstream.reconnectDelayMultiplier] == 2)
        #expect(settings.origin(of: Settings.Edge.port) == nil)
    }

    @Test func environmentWinsOverFileAndFileOverDefault() async throws {
        let settings = try await load(
            ["PORT": "8100"],
            yaml: "port: 8200\nmax_clients_total: 500\nclient_ping_interval: 12.5\nlog_json: yes\n"
        )
        #expect(settings[Settings.Edge.port] == 8100)
        #expect(settings.origin(of: Settings.Edge.port) == .environment)
        #expect(settings[Settings.Clients.maxTotal] == 500)
        #expect(settings[Settings.Clients.pingInterval] == .milliseconds(12_500))
        #expect(settings[Settings.Common.logJSON])
        guard case .file = settings.origin(of: Settings.Clients.maxTotal) else {
            Issue.record("the value of the file has another origin")
            return
        }
    }

    @Test(arguments: ["", " ", "\n"])
    func anEmptyVariableCountsAsUnset(_ text: String) async throws {
        let settings = try await load(["PORT": text, "BYBIT_NONSENSE": text], yaml: "port: 8200\nhost:\n")
        #expect(settings[Settings.Edge.port] == 8200)
        #expect(settings[Settings.Edge.host] == "0.0.0.0")
    }

    @Test(arguments: ["", "~", "null"])
    func aKeyWithoutAValueCountsAsUnset(_ text: String) async throws {
        #expect(try await load(yaml: "brand: \(text)")[Settings.Common.brand] == "tidegate")
        #expect(try await load(["BRAND": "null"])[Settings.Common.brand] == "null")
    }

    @Test func whiteSpaceAroundAValueIsNotPartOfIt() async throws {
        #expect(try await load(["BRAND": " acme\n"])[Settings.Common.brand] == "acme")
    }

    @Test(arguments: ["", "# port: 1\n", "---\n  # nothing\n\n"])
    func aFileThatSaysNothingIsAccepted(_ yaml: String) async throws {
        #expect(try await load(yaml: yaml)[Settings.Edge.port] == 8000)
    }

    @Test func allProblemsAreToldAtOnce() async {
        let lines = await problems(["PORT": "http", "BRAND": "a b", "BYBIT_URL": "x"], yaml: "log_level: loud")
        #expect(lines.map { $0.prefix { $0 != ":" } } == ["LOG_LEVEL", "BRAND", "PORT", "BYBIT_URL"])
    }

    @Test func aRequiredSettingMustBeGiven() async throws {
        let token = Setting<String?>(
            "TOKEN",
            default: nil,
            rule: SettingRule(bounds: "a token") { _ in true },
            usedBy: .edge,
            summary: ""
        )
        let catalog = SettingsCatalog(entries: [token])
        let lines = await problems(catalog: catalog, requiring: [token])
        #expect(lines == ["TOKEN: is needed by the standalone and not set; give a token"])
        #expect(try await load(["TOKEN": "t"], catalog: catalog, requiring: [token])[token] == "t")
    }
}
