/// Why a setting's text was refused and what would be right. Holds no secret: the setting redacts its own.
package struct SettingRefusal: Error, Equatable {
    package let reason: String
}

/// `text` in quotes and on one line, cut to what fits a terminal: it comes from outside and goes into an error line.
package func quotedForMessage(_ text: String) -> String {
    let limit = 80
    return text.count > limit ? String(reflecting: text.prefix(limit) + "...") : String(reflecting: text)
}
