import Doctor
import NIOPosix
import Platform

/// What a doctor finds with these settings, who listens for a moment only.
func examine(
    _ environment: [String: String],
    for program: Program = .edgeNode,
    patience: Duration = .seconds(60),
    hearing: Duration = .seconds(3)
) async throws -> Report {
    let surroundings = Surroundings(
        try await ConfigurationLoader.load(for: program, environment: environment),
        patience: patience,
        hearing: hearing,
        group: MultiThreadedEventLoopGroup.singleton
    )
    let report = await Examination.run(in: surroundings)
    await surroundings.close()
    return report
}

extension Report {
    func findings(_ check: String) -> [Finding] { sections.first { $0.check == check }?.findings ?? [] }

    func grades(_ check: String) -> [Finding.Grade] { findings(check).map(\.grade) }

    /// Whether this check has found something of this grade with these words.
    func has(_ grade: Finding.Grade, _ check: String, _ words: String) -> Bool {
        findings(check).contains { $0.grade == grade && $0.what.contains(words) }
    }
}
