import NIOCore
import Platform

/// Asks the auth service once about a credential that nobody has, for whoever wants to know whether it answers.
package enum ServiceProbe {
    package enum Outcome: Sendable, Hashable {
        /// As it should.
        case refused
        /// It lets in whoever comes.
        case letIn(user: String?)
        case outOfOrder(String)
    }

    /// What the service is shown.
    private static let credential = Credential.token("tidegate-doctor: no token")

    /// Nil where the settings name no service. Bounded by `AUTH_TIMEOUT`.
    package static func ask(_ settings: ResolvedSettings, group: any EventLoopGroup) async -> Outcome? {
        guard let url = settings[Settings.AuthService.url] else { return nil }
        let client = HTTPGet(
            group: group,
            timeout: TimeAmount(settings[Settings.AuthService.timeout]),
            maximumBodyBytes: 64 << 10
        )
        let origin = CredentialOrigin(address: nil, origin: nil, path: "/ws")
        do {
            let address = try HTTPAddress(url)
            let question = ServiceQuestion(credential: credential, origin: origin)
            let answer = try await client.ask(address.host, address.target, posting: question.body)
            switch ServiceAnswer(answer, to: CredentialDigest(of: credential.text).hexadecimal) {
            case .principal(let principal): return .letIn(user: principal.user)
            case .refused: return .refused
            case .outOfOrder(let words, _): return .outOfOrder(words)
            }
        } catch {
            return .outOfOrder(NetworkFailure.words(error))
        }
    }
}
