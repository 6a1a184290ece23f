import Logging
import Platform
import Testing

@Suite struct SettingValueTests {
    @Test(
        arguments: [
            ("true", true), ("TRUE", true), ("yes", true), ("on", true), ("1", true),
            ("false", false), ("No", false), ("off", false), ("0", false), ("2", nil), ("y", nil),
        ] as [(String, Bool?)]
    )
    func bool(text: String, value: Bool?) {
        #expect(Bool.parse(text) == value)
    }

    @Test(
        arguments: [
            ("20", .seconds(20)), ("0.5", .milliseconds(500)), ("0.001", .milliseconds(1)),
            ("1.2345", .milliseconds(1235)),
            ("-1", .seconds(-1)), ("1e2", .seconds(100)), ("5s", nil), ("", nil), ("inf", nil), ("nan", nil),
        ] as [(String, Duration?)]
    )
    func duration(text: String, value: Duration?) {
        #expect(Duration.parse(text) == value)
    }

    @Test(arguments: [
        (Duration.seconds(20), "20"), (.milliseconds(500), "0.5"), (.milliseconds(10), "0.01"), (.zero, "0"),
        (.seconds(86_400), "86400"),
    ])
    func durationText(value: Duration, text: String) {
        #expect(value.settingText == text)
        #expect(Duration.parse(text) == value)
    }

    @Test(arguments: [(2.0, "2"), (1.5, "1.5"), (1e20, "1e+20")])
    func doubleText(value: Double, text: String) {
        #expect(value.settingText == text)
        #expect(Double.parse(text) == value)
    }

    @Test(arguments: ["warning", "WARNING", "Warning"])
    func choicesTakeAnyCase(_ text: String) {
        #expect(Logger.Level.parse(text) == .warning)
        #expect(Logger.Level.parse(text + "s") == nil)
    }

    @Test func optional() {
        #expect(String?.parse("x") == .some(.some("x")))
        #expect(Int?.parse("x") == nil)
        #expect((nil as Int?).settingText == "")
    }
}
