import EdgeNode
import Platform

/// The auth service: whether it answers, and refuses what nobody has.
struct AuthServiceCheck: Check {
    let name = "auth-service"

    func findings(in surroundings: Surroundings) async -> [Finding] {
        guard surroundings.program != .ingestor else { return [] }
        let outcome = await ServiceProbe.ask(surroundings.settings, group: surroundings.group)
        let place = surroundings.place(Settings.AuthService.url)
        switch outcome {
        case nil: return []
        case .refused?: return [Finding(.fine, "it answers, and refuses a token that nobody has", at: place)]
        case .letIn(let user)?:
            let words = "it lets in a token that nobody has, as \(user.map { "user \($0)" } ?? "somebody")"
            return [Finding(.problem, words, at: place, advice: "let it answer 401 to what it does not know")]
        case .outOfOrder(let words)?:
            let advice =
                "look whether it runs, can be reached from here, and answers 200 or 401 within AUTH_TIMEOUT; while it is so, "
                + "clients whose credentials only it can judge get 503"
            return [Finding(.problem, "it can't be asked: \(words)", at: place, advice: advice)]
        }
    }
}
