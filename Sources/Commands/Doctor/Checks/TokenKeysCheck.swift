import EdgeNode
import Platform

/// The keys for tokens, where they are fetched: whether they can be had, and fit what is allowed.
struct TokenKeysCheck: Check {
    let name = "jwks"

    func findings(in surroundings: Surroundings) async -> [Finding] {
        let settings = surroundings.settings
        guard surroundings.program != .ingestor, TokenKeyProbe.source(settings) != nil else { return [] }
        let setting = settings[Settings.Tokens.keySetURL] == nil ? Settings.Tokens.provider : Settings.Tokens.keySetURL
        let place = surroundings.place(setting)
        do {
            guard let report = try await TokenKeyProbe.fetch(settings, group: surroundings.group) else { return [] }
            return Self.findings(report, at: place)
        } catch {
            let advice =
                "look whether the address is right, can be reached from here, and answers with a JWKS; until then clients with tokens "
                + "get 503, and those that were let in stay"
            return [
                Finding(.problem, "the keys can't be had: \(NetworkFailure.words(error))", at: place, advice: advice)
            ]
        }
    }

    static func findings(_ report: TokenKeyProbe.Report, at place: String) -> [Finding] {
        var findings = [Finding(.fine, "\(report.source) has \(report.keys) keys", at: place)]
        if !report.fits {
            let advice = "give JWT_ALGORITHMS those that the keys are for, or leave it out"
            findings.append(Finding(.problem, "none of the keys fits JWT_ALGORITHMS", at: place, advice: advice))
        }
        if report.isOpen {
            let words = "they come without TLS: who can change them on the way can be anybody"
            findings.append(Finding(.warning, words, at: place, advice: "give an https:// address"))
        }
        return findings + report.remarks.prefix(5).map { Finding(.note, "passed over: \($0)", at: place) }
    }
}
