import Foundation

/// Who decides at a nats-server which accounts and users there are, by signed tokens instead of a list of passwords: an
/// operator with one account.
struct NATSOperator {
    private let `operator` = NATSKey(role: .operator)
    private let account = NATSKey(role: .account)

    /// For nats-server's file.
    func settings() throws -> String {
        let unlimited: [String: Any] = [
            "subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "conn": -1, "leaf": -1,
            "wildcards": true,
        ]
        let token = try `operator`.token(of: account, "account", ["limits": unlimited])
        return """
            operator: \(try `operator`.token(of: `operator`, "operator"))
            resolver: MEMORY
            resolver_preload: { \(account.publicKey): \(token) }
            """
    }

    /// The text of a .creds file.
    /// - Parameter publishing: What the user may publish to; all where it is nil.
    func credentials(publishing subject: String? = nil) throws -> String {
        let user = NATSKey(role: .user)
        var claims: [String: Any] = ["subs": -1, "data": -1, "payload": -1]
        if let subject { claims["pub"] = ["allow": [subject]] }
        return """
            -----BEGIN NATS USER JWT-----
            \(try account.token(of: user, "user", claims))
            ------END NATS USER JWT------

            -----BEGIN USER NKEY SEED-----
            \(user.seed)
            ------END USER NKEY SEED------

            """
    }
}
