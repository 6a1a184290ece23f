import Logging

extension Logger.Level: SettingChoice {
    package static var noun: String { "a log level" }
}

extension Settings {
    package enum Common {
        package static let configurationFile = Setting<String?>(
            "TIDEGATE_CONFIG",
            default: nil,
            rule: SettingRule(bounds: "path of a YAML file", example: "/etc/tidegate.yaml") { _ in true },
            usedBy: .everyProgram,
            summary: "YAML file with settings; the environment wins over it. Only read from the environment."
        )
        package static let documentFile = Setting<String?>(
            "TIDEGATE_DOCUMENT",
            default: nil,
            rule: SettingRule(bounds: "path of a YAML file", example: "/etc/tidegate/document.yaml") { _ in true },
            usedBy: .everyProgram,
            summary: "YAML file with what is a list, like kinds of streams; read anew when it changes."
        )
        package static let logLevel = Setting<Logger.Level>(
            "LOG_LEVEL",
            default: .info,
            rule: .choices,
            usedBy: .everyProgram,
            summary: "The least severe lines that are logged; any case."
        )
        package static let logJSON = Setting<Bool>(
            "LOG_JSON",
            default: false,
            rule: .trueOrFalse,
            usedBy: .everyProgram,
            summary: "Log one JSON object a line instead of text for people."
        )
        package static let brand = Setting<String>(
            "BRAND",
            default: "tidegate",
            rule: SettingRule(bounds: "letters, digits, '-' and '_' only") { brand in
                !brand.isEmpty && brand.utf8.allSatisfy(isBrandByte)
            },
            usedBy: .everyProgram,
            summary: "The name that stream names and the `source` of messages carry."
        )

        // It becomes part of channel names and JSON, where other bytes would need escaping.
        private static func isBrandByte(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}
