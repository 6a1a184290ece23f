import Platform

/// Secrets that all processes of a gateway share: what does not work without them.
struct SecretsCheck: Check {
    let name = "secrets"

    func findings(in surroundings: Surroundings) async -> [Finding] {
        let settings = surroundings.settings
        // Within one process there is nobody to share them with.
        guard
            surroundings.program != .standalone || settings[Settings.Stores.redisURL] != nil
                || settings[Settings.Stores.brokerURL] != nil
        else { return [] }
        var findings: [Finding] = []
        if surroundings.program != .ingestor, settings[Settings.Clients.resumeTokenKey] == nil {
            findings.append(
                Finding(
                    .warning,
                    "a resume token holds on the node only that made it, and until that ends: a client that comes back to another "
                        + "node gets a snapshot in the place of what it missed",
                    at: surroundings.place(Settings.Clients.resumeTokenKey),
                    advice: "set RESUME_TOKEN_KEY, the same on all nodes, to 32 random bytes: openssl rand -hex 32"
                )
            )
        }
        if settings[Settings.Control.key] == nil {
            findings.append(
                Finding(
                    .note,
                    "`tidegate publish`, `tidegate revoke` and `tidegate rebalance` are off",
                    at: surroundings.place(Settings.Control.key),
                    advice: "set CONTROL_KEY, the same everywhere, where you want them: openssl rand -hex 32"
                )
            )
        }
        let words = "what the processes share is set here"
        return findings.isEmpty ? [Finding(.fine, words)] : findings
    }
}
