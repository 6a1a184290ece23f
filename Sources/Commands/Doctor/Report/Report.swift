import Core
import NIOCore
import Platform

/// What all checks have found, in words and as JSON. A value without secrets.
package struct Report: Sendable {
    /// What one check has found. Nothing where what it looks at is not in use here.
    package struct Section: Sendable, Hashable {
        package let check: String
        package let findings: [Finding]

        package init(check: String, findings: [Finding]) {
            self.check = check
            self.findings = findings
        }
    }

    package let program: Program
    package let sections: [Section]
    /// As the program would have them; empty where they could not be read.
    package let settings: [ListedSetting]
    /// The settings or the document can't be read: the program would not start.
    package let isUnreadable: Bool

    package init(program: Program, sections: [Section], settings: [ListedSetting], isUnreadable: Bool = false) {
        self.program = program
        self.sections = sections
        self.settings = settings
        self.isUnreadable = isUnreadable
    }

    package func count(_ grade: Finding.Grade) -> Int {
        sections.reduce(0) { $0 + $1.findings.count { $0.grade == grade } }
    }

    /// What the command ends with: 0 where there is no problem, 1 where there is, 2 where the program would not start: the settings,
    /// what they name or the document are wrong.
    ///
    /// - Parameter isStrict: A warning counts as a problem.
    package func status(isStrict: Bool) -> Int32 {
        if isUnreadable || sections.contains(where: { $0.findings.contains(where: \.wouldNotStart) }) { return 2 }
        return count(.problem) > 0 || isStrict && count(.warning) > 0 ? 1 : 0
    }

    /// For a person. Lines for each finding, then the settings that differ from their defaults, then the sum.
    package var text: String {
        var lines: [String] = []
        for section in sections {
            for finding in section.findings {
                let place = finding.place.map { " [\($0)]" } ?? ""
                lines.append("\(Self.mark(finding.grade)) \(section.check): \(finding.what)\(place)")
                if let advice = finding.advice { lines.append("         do: \(advice)") }
            }
        }
        let given = settings.filter { !$0.isDefault }
        if !given.isEmpty { lines += ["", "settings that are not at their default:"] }
        lines += given.map { "  \($0.name)=\($0.text ?? "<not shown>") (\($0.source))" }
        lines += ["", "\(count(.problem)) problems, \(count(.warning)) warnings, \(count(.note)) notes"]
        return lines.joined(separator: "\n")
    }

    /// One object: `program`, `status`, `checks` with their findings, `settings`.
    ///
    /// - Parameter isStrict: As for `status`.
    package func json(isStrict: Bool) -> ByteBuffer {
        JSONWriter.object { json in
            json.string("program", program.rawValue)
            json.string("release", Release.version)
            json.integer("status", status(isStrict: isStrict))
            for grade in [Finding.Grade.problem, .warning, .note] { json.integer("\(grade.rawValue)s", count(grade)) }
            json.array("checks", sections) { json, section in
                json.string("check", section.check)
                json.array("findings", section.findings) { json, finding in
                    json.string("grade", finding.grade.rawValue)
                    json.string("what", finding.what)
                    if let place = finding.place { json.string("where", place) }
                    if let advice = finding.advice { json.string("do", advice) }
                }
            }
            json.array("settings", settings) { json, setting in
                json.string("name", setting.name)
                json.key("value")
                if let text = setting.text { json.string(text) } else { json.raw("null") }
                json.string("from", setting.source)
                json.bool("default", setting.isDefault)
            }
        }
    }

    private static func mark(_ grade: Finding.Grade) -> String {
        switch grade {
        case .fine: "ok      "
        case .note: "note    "
        case .warning: "WARNING "
        case .problem: "PROBLEM "
        }
    }
}
