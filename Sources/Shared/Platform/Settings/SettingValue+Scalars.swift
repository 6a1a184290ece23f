extension Int: SettingValue {
    package static var noun: String { "a whole number" }

    package static func parse(_ text: String) -> Int? { Int(text) }

    package var settingText: String { String(self) }
}

extension Double: SettingValue {
    package static var noun: String { "a number" }

    package static func parse(_ text: String) -> Double? {
        // `Double("nan")` is a number to Swift, and no comparison would refuse it afterwards.
        Double(text).flatMap { $0.isFinite ? $0 : nil }
    }

    package var settingText: String {
        self == rounded() && magnitude < 1e15 ? String(Int(self)) : String(self)
    }
}

extension Bool: SettingValue {
    package static var noun: String { "true or false" }

    package static func parse(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "yes", "on", "1": true
        case "false", "no", "off", "0": false
        default: nil
        }
    }

    package var settingText: String { self ? "true" : "false" }
}

extension String: SettingValue {
    package static var noun: String { "text" }

    package static func parse(_ text: String) -> String? { text }

    package var settingText: String { self }
}

/// A setting that may be left unset: nil is its default and no text spells it.
extension Optional: SettingValue where Wrapped: SettingValue {
    package static var noun: String { Wrapped.noun }

    package static func parse(_ text: String) -> Wrapped?? {
        guard let value = Wrapped.parse(text) else { return nil }
        return .some(.some(value))
    }

    package var settingText: String { self?.settingText ?? "" }
}
