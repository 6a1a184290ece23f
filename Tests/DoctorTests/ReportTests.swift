import NIOCore
import Platform
import Testing

@testable import Doctor

@Suite("A report says what is wrong in words, as JSON, and by its status, and shows no secret")
struct ReportTests {
    private static func report(_ grades: Finding.Grade..., isUnreadable: Bool = false) -> Report {
        let findings = grades.map { Finding($0, "it is \($0.rawValue)", at: "PORT, default", advice: "nothing") }
        return Report(
            program: .edgeNode,
            sections: [.init(check: "a", findings: []), .init(check: "b", findings: findings)],
            settings: [],
            isUnreadable: isUnreadable
        )
    }

    @Test(
        arguments: [
            ([], 0, 0), ([.fine, .note], 0, 0), ([.warning], 0, 1), ([.problem], 1, 1), ([.warning, .problem], 1, 1),
        ] as [([Finding.Grade], Int32, Int32)]
    )
    func status(grades: [Finding.Grade], status: Int32, strict: Int32) {
        let sections = grades.map { Report.Section(check: "a", findings: [Finding($0, "x")]) }
        let report = Report(program: .ingestor, sections: sections, settings: [])
        #expect(report.status(isStrict: false) == status && report.status(isStrict: true) == strict)
        let unreadable = Report(program: .ingestor, sections: sections, settings: [], isUnreadable: true)
        #expect(unreadable.status(isStrict: false) == 2)
    }

    /// Settings that fit none can be read, and the program ends with them at once all the same.
    @Test func withWhatItWouldNotStartWithTheStatusIsTwo() {
        let findings = [Finding(.fine, "x"), Finding(.problem, "x", wouldNotStart: true)]
        let sections = [Report.Section(check: "a", findings: []), .init(check: "b", findings: findings)]
        #expect(Report(program: .edgeNode, sections: sections, settings: []).status(isStrict: false) == 2)
    }

    @Test func wordsAndPlacesAreOnOneLine() {
        let lines = Self.report(.fine, .problem).text.split(separator: "\n").map(String.init)
        #expect(
            lines == [
                "ok       b: it is fine [PORT, default]", "         do: nothing",
                "PROBLEM  b: it is problem [PORT, default]", "         do: nothing", "1 problems, 0 warnings, 0 notes",
            ]
        )
    }

    @Test func whatOthersSaidIsNoCommandToATerminal() {
        let text = "a\u{1B}[2J\nb\u{9B}c\u{7F} é"
        let finding = Finding(.fine, text, at: text, advice: text)
        #expect([finding.what, finding.place, finding.advice] == ["a[2Jbc é", "a[2Jbc é", "a[2Jbc é"])
    }

    @Test func theJSONHasTheSame() {
        #expect(
            String(buffer: Self.report(.warning).json(isStrict: true))
                == #"{"program":"edge-node","release":"\#(Release.version)","status":1,"problems":0,"warnings":1,"notes":0,"#
                + #""checks":[{"check":"a","findings":[]},{"check":"b","findings":[{"grade":"warning","#
                + #""what":"it is warning","where":"PORT, default","do":"nothing"}]}],"settings":[]}"#
        )
    }

    @Test func eachSettingIsListedWithWhereItCameFromAndSecretsAreNot() async throws {
        let settings = try await ConfigurationLoader.load(
            for: .edgeNode,
            environment: ["REDIS_URL": "redis://:hidden@127.0.0.1:1", "PORT": "8123"]
        )
        let report = Report(program: .edgeNode, sections: [], settings: settings.listing)
        #expect(report.text.contains("  PORT=8123 (from the environment)"))
        #expect(report.text.contains("  REDIS_URL=<not shown> (from the environment)"))
        #expect(!report.text.contains("HOST="), "a default")
        let json = String(buffer: report.json(isStrict: false))
        #expect(json.contains(#"{"name":"REDIS_URL","value":null,"from":"from the environment","default":false}"#))
        #expect(json.contains(#"{"name":"HOST","value":"0.0.0.0","from":"default","default":true}"#))
        #expect(!json.contains("hidden") && !report.text.contains("hidden"))
        #expect(!json.contains("BYBIT_WS_URL"), "no setting of a node")
    }

    @Test func wrongSettingsAreAReportOfTheirOwn() async {
        do {
            _ = try await ConfigurationLoader.load(for: .edgeNode, environment: ["PORT": "eighty"])
            Issue.record("the setting was taken")
        } catch {
            let report = Examination.report(of: error, for: .edgeNode)
            #expect(report.status(isStrict: false) == 2 && report.count(.problem) == 1)
            #expect(report.sections[0].findings[0].place == "PORT from the environment")
        }
    }
}
