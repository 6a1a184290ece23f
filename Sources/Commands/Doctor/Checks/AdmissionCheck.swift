import EdgeComposition
import Platform

/// Who is let in: whether the settings for it fit together, and the files that they name can be read.
struct AdmissionCheck: Check {
    let name = "admission"

    func findings(in surroundings: Surroundings) async -> [Finding] {
        guard surroundings.program != .ingestor, let document = surroundings.document else { return [] }
        do {
            _ = try await NodeAdmission(
                surroundings.settings,
                document,
                group: surroundings.group,
                logger: surroundings.logger
            )
            return [Finding(.fine, "the settings for it fit together")]
        } catch {
            let advice = "put that setting right: a node with it does not start"
            let place = surroundings.place(Settings.Access.mode)
            return [Finding(.problem, "\(error)", at: place, advice: advice, wouldNotStart: true)]
        }
    }
}
