/// The settings of a running process: every value checked, read by its `Setting`.
///
/// Immutable, so it may be read on any thread. It holds only what differs from nothing being said: a setting that
/// was not given has its default. Its descriptions show no secret.
package struct ResolvedSettings: Sendable {
    package let program: Program
    private let entries: [any CatalogEntry]
    private var given: [String: GivenValue]

    /// A value that was checked against its setting, and where it came from (nil: set by code).
    struct GivenValue: Sendable {
        let value: any SettingValue
        let origin: SettingOrigin?
    }

    init(program: Program, entries: [any CatalogEntry], given: [String: GivenValue]) {
        self.program = program
        self.entries = entries
        self.given = given
    }

    /// Nothing given: each setting has its default.
    package static func defaults(for program: Program) -> ResolvedSettings {
        ResolvedSettings(program: program, entries: SettingsCatalog.all, given: [:])
    }

    package subscript<Value>(setting: Setting<Value>) -> Value {
        // A name stands for one type in the whole catalog (a test holds that), so the cast fails for no setting.
        given[setting.name]?.value as? Value ?? setting.defaultValue
    }

    /// nil for a default.
    package func origin(of entry: any CatalogEntry) -> SettingOrigin? {
        given[entry.name]?.origin
    }

    /// The program's own settings in the order of the catalog, as they are.
    package var listing: [ListedSetting] {
        entries.filter { $0.usedBy.contains(program) }.map { entry in
            let given = given[entry.name]
            let text = given?.value.settingText ?? entry.defaultText
            return ListedSetting(
                name: entry.name,
                text: entry.isSecret && given != nil ? nil : text,
                source: given.map { $0.origin.map { "\($0)" } ?? "set by the program" } ?? "default",
                isDefault: given == nil
            )
        }
    }

    /// A copy with one value put in its place by code (a command-line option, a test), checked by the setting's rule.
    package func replacing<Value>(
        _ setting: Setting<Value>,
        with value: Value
    ) throws(SettingRefusal) -> ResolvedSettings {
        guard setting.rule.accepts(value) else {
            let shown = setting.isSecret ? "the value (not shown here)" : quotedForMessage(value.settingText)
            throw SettingRefusal(reason: "\(shown) \(setting.rule.complaint); give \(setting.advice)")
        }
        var copy = self
        copy.given[setting.name] = GivenValue(value: value, origin: nil)
        return copy
    }
}

extension ResolvedSettings: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The program's own settings, one `NAME=value` a line, with where each came from.
    package var description: String {
        entries.filter { $0.usedBy.contains(program) }.map(line).joined(separator: "\n")
    }

    package var debugDescription: String { description }

    // `dump` walks stored properties and would find a secret's value there.
    package var customMirror: Mirror { Mirror(self, children: ["description": description]) }

    private func line(_ entry: any CatalogEntry) -> String {
        guard let given = given[entry.name] else { return "\(entry.name)=\(entry.defaultText) (default)" }
        let text = entry.isSecret ? "<redacted>" : given.value.settingText
        return "\(entry.name)=\(text)" + (given.origin.map { " (\($0))" } ?? " (set by the program)")
    }
}
