import Shared

extension ResumeTokenSigner {
    /// From the settings of the process. Without `RESUME_TOKEN_KEY` the key is random: its tokens are good on this node
    /// only, and only until it ends.
    init(_ settings: ResolvedSettings) {
        self.init(
            secret: settings[Settings.Clients.resumeTokenKey],
            lifetime: settings[Settings.Clients.resumeTokenLifetime],
            maximumMessageBytes: settings[Settings.Clients.maxMessageBytes]
        )
    }
}
