import Platform
import Synchronization

@testable import EdgeNode

/// Knows some tokens, as the text of each says: `ann`, `ann/3` (another of hers). What begins with `slow-` it has to be asked for,
/// and answers when it is let go; `away` can't be judged at the moment.
final class TestAuthenticator: Authenticator {
    private let principals: [String: Principal]
    private let held = Mutex<[CheckedContinuation<Void, Never>]>([])

    init(_ principals: [String: Principal]) { self.principals = principals }

    var waiting: Int { held.withLock(\.count) }

    func letGo() {
        for continuation in held.withLock({ held in
            defer { held = [] }
            return held
        }) { continuation.resume() }
    }

    func takes(_ credential: Credential) -> Bool { if case .token = credential { true } else { false } }

    func recognise(_ credential: Credential, at now: Int64) -> Result<Principal, AuthenticationFailure>? {
        guard case .token(let token) = credential, !token.hasPrefix("slow-") else { return nil }
        return judge(token)
    }

    func authenticate(
        _ credential: Credential,
        of origin: CredentialOrigin,
        at now: Int64
    ) async -> Result<Principal, AuthenticationFailure> {
        guard case .token(let token) = credential else { return .failure(.refused(reason: "no token")) }
        await withCheckedContinuation { continuation in held.withLock { $0.append(continuation) } }
        return judge(String(token.dropFirst("slow-".count)))
    }

    private func judge(_ token: String) -> Result<Principal, AuthenticationFailure> {
        if token == "away" { return .failure(.unavailable(retryAfter: 7)) }
        guard let principal = principals[token] else { return .failure(.refused(reason: "nobody knows it")) }
        return .success(principal)
    }

    func reauthentication(mode: AuthMode = .optional) -> CredentialAdmission {
        CredentialAdmission(mode: mode, authenticators: [self], counters: AdmissionCounters())
    }
}
