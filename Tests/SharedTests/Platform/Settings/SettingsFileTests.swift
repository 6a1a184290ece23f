import FoundationEssentials
import Testing

@Suite struct SettingsFileTests {
    @Test func aMissingFileIsOneLine() async {
        #expect(
            await problems(["TIDEGATE_CONFIG": "/nowhere/x.yaml", "PORT": "http"]) == [
                #"TIDEGATE_CONFIG: there is no file "/nowhere/x.yaml"; give the path of a YAML file, or unset it "#
                    + "(from the environment)"
            ]
        )
    }

    @Test func aDirectoryIsOneLine() async {
        #expect(
            await problems(["TIDEGATE_CONFIG": "/usr"]) == [
                #"TIDEGATE_CONFIG: "/usr" is a directory; give the path of a YAML file in it (from the environment)"#
            ]
        )
    }

    @Test(arguments: ["port: [1, 2", "port: 1\nport: 2\n", "- port\n- host\n", "just text", "port: 1\n\thost: x\n"])
    func aMalformedFileIsOneLine(_ yaml: String) async {
        let lines = await problems(["PORT": "http"], yaml: yaml)
        #expect(lines.count == 1)
        let start = #"TIDEGATE_CONFIG: the file "FILE" is not YAML of the form "max_clients_total: 500": "#
        #expect(lines.first?.hasPrefix(start) == true, "\(lines)")
    }

    @Test func aFileThatMayNotBeReadIsOneLine() async throws {
        // Root may read everything, so only another user can see this.
        guard !mayReadEverything() else { return }
        let path = FileManager.default.temporaryDirectory.appending(path: "closed-\(UUID().uuidString).yaml").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let isMade = FileManager.default.createFile(
            atPath: path,
            contents: Data(),
            attributes: [.posixPermissions: 0]
        )
        try #require(isMade)
        let lines = await problems(["TIDEGATE_CONFIG": path])
        #expect(lines.count == 1)
        #expect(lines.first?.contains("may not be read by this user") == true)
    }

    private func mayReadEverything() -> Bool {
        FileManager.default.isReadableFile(atPath: "/etc/shadow")
    }
}
