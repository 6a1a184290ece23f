extension Settings {
    /// The service that says who shows a credential, where there is one.
    package enum AuthService {
        package static let url = Setting<String?>(
            "AUTH_URL",
            default: nil,
            rule: SettingRule(bounds: "an http:// or https:// address", example: "https://auth.example.com/check") {
                text in
                text.map { (try? HTTPAddress($0)) != nil } ?? true
            },
            usedBy: .edge,
            summary: "A service that is asked who shows a credential (docs/admission.md); unset: none."
        )
        package static let authoritiesFile = Setting<String?>(
            "AUTH_CA_FILE",
            default: nil,
            rule: SettingRule(bounds: "path of a PEM file", example: "/etc/tidegate/ca.pem") { _ in true },
            usedBy: .edge,
            summary: "Authorities that sign the certificate of that service; unset: those of the machine."
        )
        package static let timeout = Setting<Duration>(
            "AUTH_TIMEOUT",
            default: .seconds(2),
            unit: "s",
            rule: .interval,
            usedBy: .edge,
            summary: "How long that service may take for an answer before clients get 503."
        )
        package static let cacheTime = Setting<Duration>(
            "AUTH_CACHE_SECONDS",
            default: .seconds(300),
            unit: "s",
            rule: .delay,
            usedBy: .edge,
            summary: "How long its answer about a credential counts at most, where that does not end before."
        )
    }
}
