/// One setting: its name, type, default, bounds and what it means, in one place.
///
/// A value type without state; the settings themselves are constants in `Settings`, and what a process was given is
/// in `ResolvedSettings`.
package struct Setting<Value: SettingValue>: Sendable {
    /// The environment variable. In the YAML file the name is the same in lower case.
    package let name: String
    package let defaultValue: Value
    /// "s", "bytes", "clients"; empty where there is none.
    package let unit: String
    package let rule: SettingRule<Value>
    package let usedBy: Set<Program>
    /// A secret's value is never printed: not in a refusal, not in a description, not in the table.
    package let isSecret: Bool
    /// One line for the settings table.
    package let summary: String

    package init(
        _ name: String,
        default defaultValue: Value,
        unit: String = "",
        rule: SettingRule<Value>,
        usedBy: Set<Program>,
        isSecret: Bool = false,
        summary: String
    ) {
        self.name = name
        self.defaultValue = defaultValue
        self.unit = unit
        self.rule = rule
        self.usedBy = usedBy
        self.isSecret = isSecret
        self.summary = summary
    }
}

extension Setting: CatalogEntry {
    package var defaultText: String { defaultValue.settingText }

    package var bounds: String { rule.bounds }

    package var advice: String {
        let example = rule.example ?? defaultText
        return example.isEmpty || isSecret ? rule.advice : "\(rule.advice), like \(example)"
    }

    package func resolve(_ text: String) throws(SettingRefusal) -> any SettingValue {
        let shown = isSecret ? "the value (not shown here)" : quotedForMessage(text)
        guard let value = Value.parse(text) else {
            throw SettingRefusal(reason: "\(shown) is not \(Value.noun); give \(advice)")
        }
        guard rule.accepts(value) else {
            throw SettingRefusal(reason: "\(shown) \(rule.complaint); give \(advice)")
        }
        if let objection = rule.objection(value) {
            throw SettingRefusal(reason: "\(shown) \(objection); give \(advice)")
        }
        return value
    }
}
