import EdgeNode
import Platform

/// The document: whether it can be read, what it has, and which API keys are over or soon will be.
struct DocumentCheck: Check {
    let name = "document"
    /// In milliseconds.
    private static let soon: Int64 = 14 * 86_400_000

    func findings(in surroundings: Surroundings) async -> [Finding] {
        let setting = Settings.Common.documentFile
        let path = surroundings.settings[setting]
        if let error = surroundings.documentError {
            return error.problems.map { problem in
                let place = [path, problem.line.map { "line \($0)" }].compactMap(\.self).joined(separator: ", ")
                return Finding(
                    .problem,
                    problem.reason,
                    at: place,
                    advice: "put it right: a program with it does not start"
                )
            }
        }
        guard path != nil, let document = surroundings.document?.current else { return [] }
        let sections = document.sectionKeys
        let words =
            sections.isEmpty ? "it can be read, and has no sections" : "it has \(sections.joined(separator: ", "))"
        let keys = document[KeysSection.self]?.keys ?? []
        return [Finding(.fine, words, at: surroundings.place(setting))]
            + Self.ends(of: keys, at: WallClock.milliseconds(), path)
    }

    private static func ends(of keys: [APIKey], at now: Int64, _ path: String?) -> [Finding] {
        keys.compactMap { key in
            guard !key.isDisabled, let end = key.expiresAt, end - now < soon else { return nil }
            if end <= now {
                return Finding(
                    .warning,
                    "the API key \(key.id) is over: whoever has it is refused",
                    at: path,
                    advice: "give it a later `expires`, or take it out"
                )
            }
            return Finding(
                .warning,
                "the API key \(key.id) is over in \((end - now) / 86_400_000) days",
                at: path,
                advice: "give its owner a new one: tidegate keys new"
            )
        }
    }
}
