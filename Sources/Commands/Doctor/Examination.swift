import Platform

/// Runs checks, all at once, and gathers what they find in their order.
package enum Examination {
    package static func run(
        _ checks: [any Check] = Checks.all,
        in surroundings: Surroundings
    ) async -> Report {
        let sections = await withTaskGroup(of: (Int, [Finding]).self) { tasks in
            for (index, check) in checks.enumerated() {
                tasks.addTask { (index, await Self.findings(of: check, in: surroundings)) }
            }
            var found: [Int: [Finding]] = [:]
            for await (index, findings) in tasks { found[index] = findings }
            return checks.indices.map { Report.Section(check: checks[$0].name, findings: found[$0] ?? []) }
        }
        return Report(
            program: surroundings.program,
            sections: sections,
            settings: surroundings.settings.listing,
            isUnreadable: surroundings.documentError != nil
        )
    }

    /// A check that hangs is a problem of its own, and holds up no other.
    private static func findings(of check: any Check, in surroundings: Surroundings) async -> [Finding] {
        let limit = surroundings.patience * 6 + surroundings.hearing
        let findings = await Deadline.value(within: limit) { await check.findings(in: surroundings) }
        return findings ?? [
            Finding(
                .problem,
                "it has not ended within \(limit.settingText) s",
                advice: "look whether what it asks hangs"
            )
        ]
    }

    /// Where the settings can't be read there is nothing to look at by.
    package static func report(of error: ConfigurationError, for program: Program) -> Report {
        let findings = error.problems.map { problem in
            let place = [problem.name, problem.origin.map { "\($0)" }].compactMap(\.self).joined(separator: " ")
            return Finding(
                .problem,
                "\(problem.name): \(problem.reason)",
                at: place,
                advice: "put it right: a program with it does not start, and nothing else was looked at"
            )
        }
        return Report(
            program: program,
            sections: [.init(check: "settings", findings: findings)],
            settings: [],
            isUnreadable: true
        )
    }
}
