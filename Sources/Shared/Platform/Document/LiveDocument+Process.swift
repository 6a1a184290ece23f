import Glibc
import Logging

extension LiveDocument {
    /// The document that the settings name. Where it is wrong the process ends with status 2 and one line for each problem,
    /// as for a wrong setting.
    package static func loadOrExit(_ settings: ResolvedSettings, sections: [any DocumentSection.Type]) -> LiveDocument {
        let path = settings[Settings.Common.documentFile]
        do {
            return try LiveDocument(path: path, sections: sections, logger: Logger(label: "document"))
        } catch {
            let path = path ?? ""
            let messages = error.problems.map { "\(path): \($0)" }
            LastWords.say(messages, of: "document", asText: error.lines(of: path))
            exit(2)
        }
    }
}

extension DocumentError {
    /// One line for each problem, with the file.
    package func lines(of path: String) -> String {
        problems.map { "document \(path): \($0)" }.joined(separator: "\n")
    }
}
