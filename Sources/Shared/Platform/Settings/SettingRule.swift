/// Which values of its type a setting takes, and how to say so to the person who wrote another.
package struct SettingRule<Value: SettingValue>: Sendable {
    /// The accepted values in the settings table: "1 to 65535".
    package let bounds: String
    /// Completes "give ..." in a refusal: "one from 1 to 65535".
    package let advice: String
    /// What is wrong with a value that parses but isn't accepted: "is out of range".
    package let complaint: String
    /// A good value for a refusal to show; nil shows the setting's default.
    package let example: String?
    package let accepts: @Sendable (Value) -> Bool
    /// What is wrong with a value that `accepts` takes, where `complaint` would not say it: "is ...". Nil for most.
    package let objection: @Sendable (Value) -> String?

    package init(
        bounds: String,
        advice: String? = nil,
        complaint: String = "is not allowed",
        example: String? = nil,
        objection: @escaping @Sendable (Value) -> String? = { _ in nil },
        accepts: @escaping @Sendable (Value) -> Bool
    ) {
        self.bounds = bounds
        self.advice = advice ?? bounds
        self.complaint = complaint
        self.example = example
        self.accepts = accepts
        self.objection = objection
    }
}

extension SettingRule where Value: Comparable {
    package static func within(_ range: ClosedRange<Value>) -> Self {
        let bounds = "\(range.lowerBound.settingText) to \(range.upperBound.settingText)"
        return SettingRule(bounds: bounds, advice: "one from \(bounds)", complaint: "is out of range") {
            range.contains($0)
        }
    }
}

extension SettingRule where Value: SettingChoice {
    package static var choices: Self {
        let words = Value.allCases.map(\.rawValue).joined(separator: ", ")
        return SettingRule(bounds: words, advice: "one of \(words)") { _ in true }
    }
}

extension SettingRule<Bool> {
    package static var trueOrFalse: Self {
        SettingRule(bounds: "true or false") { _ in true }
    }
}

extension SettingRule {
    /// The same rule for a setting that may be unset.
    package static func optional<Wrapped>(_ rule: SettingRule<Wrapped>) -> Self where Value == Wrapped? {
        SettingRule(
            bounds: rule.bounds,
            advice: rule.advice,
            complaint: rule.complaint,
            example: rule.example,
            objection: { value in value.flatMap { rule.objection($0) } }
        ) { value in
            value.map { rule.accepts($0) } ?? true
        }
    }
}
