extension Settings {
    /// Whether clients have to show who they are.
    package enum Access {
        package static let mode = Setting<AuthMode?>(
            "AUTH_MODE",
            default: nil,
            rule: .optional(.choices),
            usedBy: .edge,
            summary:
                "Whether clients show who they are: none (public streams only), optional, required; unset: required where there "
                + "is anything to check a token or a key by, else none."
        )
        package static let expiryNotice = Setting<Duration>(
            "TOKEN_EXPIRY_NOTICE",
            default: .seconds(60),
            unit: "s",
            rule: .delay,
            usedBy: .edge,
            summary: "How long before its credentials end a client is told so."
        )
    }
}
