import Platform

/// One more connection of somebody who may have only so many. A value.
package struct ConnectionClaim: Sendable, Equatable {
    /// Whose connections are counted together.
    package enum Holder: Sendable, Hashable {
        case user(String)
        /// By the name of the key's entry in the document.
        case key(String)
    }

    package let holder: Holder
    package let limit: Int

    package init(of holder: Holder, limit: Int) {
        self.holder = holder
        self.limit = limit
    }

    /// What a connection of a principal takes: of its key what that one may have, else of its user. Nothing for somebody of
    /// whom neither is known.
    ///
    /// - Parameter usual: For who has no limit of its own; nil for none.
    static func all(of principal: Principal, usual: Int?) -> [ConnectionClaim] {
        var claims: [ConnectionClaim] = []
        var own = principal.limits.connections ?? usual
        if case .key(let name) = principal.credential {
            if let own { claims.append(ConnectionClaim(of: .key(name), limit: own)) }
            own = usual
            // Its user is itself: it is counted already.
            if principal.user == APIKey.user(ofKey: name) { return claims }
        }
        if let user = principal.user, let own { claims.append(ConnectionClaim(of: .user(user), limit: own)) }
        return claims
    }
}
