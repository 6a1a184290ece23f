import EdgeNode
import Platform

extension TokenAuthenticator {
    /// What it makes of a token that is shown now.
    func judge(_ token: String) async -> Result<Principal, AuthenticationFailure> {
        let origin = CredentialOrigin(address: nil, origin: nil, path: "/ws")
        return await authenticate(.token(token), of: origin, at: WallClock.milliseconds())
    }
}

extension Result<Principal, AuthenticationFailure> {
    /// Principals are compared by who they are.
    static func == (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.success(let left), .success(let right)): left === right
        case (.failure(let left), .failure(let right)): left == right
        default: false
        }
    }

    /// Nil where it is refused.
    var user: String? { (try? get())?.user }

    var isUnavailable: Bool { if case .failure(.unavailable) = self { true } else { false } }

    var isRefused: Bool { if case .failure(.refused) = self { true } else { false } }
}
