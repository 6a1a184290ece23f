extension Settings {
    /// What is sent to a running gateway by hand.
    package enum Control {
        /// Of each key, in bytes.
        package static let minimumKeyLength = 32

        package static let key = Setting<String?>(
            "CONTROL_KEY",
            default: nil,
            rule: .optional(
                SettingRule(bounds: "32 bytes or more, or id:key,id:key of such", complaint: "is too short") {
                    KeyList($0, minimumLength: minimumKeyLength) != nil
                }
            ),
            usedBy: .everyProgram,
            isSecret: true,
            summary:
                "Secret under which `tidegate publish`, `revoke` and `rebalance` sign, the same for all, or `id:key,id:key`: "
                + "the first signs, all are taken; unset: they are off."
        )
    }
}
