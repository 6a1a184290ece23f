/// Every setting there is, by area, in the `Settings+*.swift` files. A new one also goes into `SettingsCatalog`.
package enum Settings {}

extension SettingRule<Duration> {
    /// A time that has to pass for something to happen. Tests need it short; nothing needs it longer than a day.
    static var interval: Self { .within(.milliseconds(10) ... .seconds(86_400)) }

    /// As `interval`, where zero says "at once".
    static var delay: Self { .within(.zero ... .seconds(86_400)) }
}
