import NIOHTTP1
import Platform

/// Lets in by what a client shows: reads its credential, and asks the authenticator whose kind it is. Any thread.
///
/// A refusal is HTTP 401 with a reason that helps and gives nothing away; where whoever judges the credential can't be asked it
/// is 503, which is no word about the credential. What is shown is never logged.
package struct CredentialAdmission: Admission {
    private let mode: AuthMode
    private let authenticators: [any Authenticator]
    private let counters: AdmissionCounters

    package init(mode: AuthMode, authenticators: [any Authenticator], counters: AdmissionCounters) {
        self.mode = mode
        self.authenticators = authenticators
        self.counters = counters
    }

    package func decideAtOnce(_ request: UpgradeRequest) -> Result<Admitted, HTTPReply>? {
        switch question(of: request) {
        case .answered(let answer): return answer
        case .asked(let presented, let authenticator):
            let known = authenticator.recognise(presented.credential, at: WallClock.milliseconds())
            return known.map { answer($0, presented) }
        }
    }

    package func admit(_ request: UpgradeRequest) async -> Result<Admitted, HTTPReply> {
        switch question(of: request) {
        case .answered(let answer): return answer
        case .asked(let presented, let authenticator):
            let outcome = await authenticator.authenticate(
                presented.credential,
                of: request.origin,
                at: WallClock.milliseconds()
            )
            return answer(outcome, presented)
        }
    }

    private enum Question {
        case answered(Result<Admitted, HTTPReply>)
        case asked(PresentedCredential, any Authenticator)
    }

    /// What is to be asked of whom.
    private func question(of request: UpgradeRequest) -> Question {
        guard mode != .none else {
            // A browser that has offered `bearer` takes no answer without it.
            let shown = try? PresentedCredential(request)
            return .answered(.success(Admitted(.anonymous, subprotocol: shown?.subprotocol)))
        }
        do throws(PresentedCredential.Refusal) {
            guard let presented = try PresentedCredential(request) else {
                guard mode == .required else { return .answered(.success(.anonymous)) }
                return .answered(refusal("send a token (Authorization: Bearer) or an API key", isWrong: false))
            }
            guard let authenticator = authenticators.first(where: { $0.takes(presented.credential) }) else {
                return .answered(refusal("\(presented.credential) is not taken here"))
            }
            return .asked(presented, authenticator)
        } catch {
            switch error {
            case .several:
                counters.refused.add()
                let reason = "the request shows different credentials: send one"
                return .answered(.failure(.refusal(.badRequest, error: "bad credentials", reason: reason)))
            case .malformed(let place): return .answered(refusal("there is no credential in \(place)"))
            }
        }
    }

    private func answer(
        _ outcome: Result<Principal, AuthenticationFailure>,
        _ presented: PresentedCredential
    ) -> Result<Admitted, HTTPReply> {
        switch outcome {
        case .success(let principal):
            return .success(Admitted(principal, subprotocol: presented.subprotocol))
        case .failure(.refused(let reason, let isOurs)): return refusal(reason, isOurs: isOurs)
        case .failure(.unavailable(let seconds)):
            counters.unavailable.add()
            return .failure(
                .refusal(
                    .serviceUnavailable,
                    error: "unavailable",
                    reason: "credentials can't be checked at the moment",
                    headers: [("Retry-After", "\(seconds)")]
                )
            )
        }
    }

    /// RFC 6750, 3: who has shown nothing is told how, and nothing else.
    private func refusal(
        _ reason: String,
        isWrong: Bool = true,
        isOurs: Bool = true
    ) -> Result<Admitted, HTTPReply> {
        counters.refused.add()
        let challenge = "Bearer realm=\"tidegate\"" + (isWrong ? ", error=\"invalid_token\"" : "")
        var reply = HTTPReply.refusal(
            .unauthorized,
            error: "unauthorized",
            reason: reason,
            headers: [("WWW-Authenticate", challenge)]
        )
        if !isOurs { reply.remark = nil }
        return .failure(reply)
    }
}

extension CredentialAdmission: Reauthentication {
    package func recognise(_ token: String) -> Result<Principal, AuthenticationFailure>? {
        guard let authenticator = authenticator(of: token) else { return .failure(Self.notTaken) }
        return authenticator.recognise(.token(token), at: WallClock.milliseconds())
    }

    package func authenticate(
        _ token: String,
        of origin: CredentialOrigin
    ) async -> Result<Principal, AuthenticationFailure> {
        guard let authenticator = authenticator(of: token) else { return .failure(Self.notTaken) }
        return await authenticator.authenticate(.token(token), of: origin, at: WallClock.milliseconds())
    }

    private static let notTaken = AuthenticationFailure.refused(reason: "tokens are not taken here")

    private func authenticator(of token: String) -> (any Authenticator)? {
        mode == .none ? nil : authenticators.first { $0.takes(.token(token)) }
    }
}
