/// A condition between two settings, checked once both are valid by themselves.
package struct CrossCheck: Sendable {
    /// The setting that a refusal is about.
    package let name: String
    /// The one that it is compared with.
    package let other: String
    /// What is wrong and what would be right; nil when nothing is.
    package let refusal: @Sendable (ResolvedSettings) -> String?

    package static func atLeast<Value: Comparable>(
        _ setting: Setting<Value>,
        _ other: Setting<Value>
    ) -> CrossCheck {
        compare(setting, other, wrong: "is less than", right: "one that is not less", holds: { $0 >= $1 })
    }

    package static func lessThan<Value: Comparable>(
        _ setting: Setting<Value>,
        _ other: Setting<Value>
    ) -> CrossCheck {
        compare(setting, other, wrong: "is not less than", right: "a smaller one", holds: { $0 < $1 })
    }

    private static func compare<Value>(
        _ setting: Setting<Value>,
        _ other: Setting<Value>,
        wrong: String,
        right: String,
        holds: @escaping @Sendable (Value, Value) -> Bool
    ) -> CrossCheck {
        CrossCheck(name: setting.name, other: other.name) { settings in
            let (value, limit) = (settings[setting], settings[other])
            guard !holds(value, limit) else { return nil }
            return "\(value.settingText) \(wrong) \(other.name), which is \(limit.settingText); give \(right)"
        }
    }
}
