import Testing

/// What the operator reads when a value is wrong: the whole line, so that it stays clear.
@Suite struct SettingRefusalTests {
    @Test(arguments: [
        (
            "MAX_CLIENTS_TOTAL", "ten",
            #""ten" is not a whole number; give one from 1 to 1000000, like 10000"#
        ),
        ("MAX_CLIENTS_TOTAL", "0", #""0" is out of range; give one from 1 to 1000000, like 10000"#),
        ("MAX_CLIENTS_TOTAL", "1000001", #""1000001" is out of range; give one from 1 to 1000000, like 10000"#),
        ("MAX_CLIENTS_TOTAL", "10.5", #""10.5" is not a whole number; give one from 1 to 1000000, like 10000"#),
        ("PORT", "65536", #""65536" is out of range; give one from 0 to 65535, like 8000"#),
        ("CLIENT_IDLE_TIMEOUT", "5m", #""5m" is not a number of seconds; give one from 0.01 to 86400, like 300"#),
        ("CLIENT_IDLE_TIMEOUT", "nan", #""nan" is not a number of seconds; give one from 0.01 to 86400, like 300"#),
        ("CLIENT_IDLE_TIMEOUT", "1e300", #""1e300" is out of range; give one from 0.01 to 86400, like 300"#),
        ("BYBIT_RECONNECT_DELAY_MULTIPLIER", "0.5", #""0.5" is out of range; give one from 1 to 10, like 2"#),
        ("LOG_JSON", "maybe", #""maybe" is not true or false; give true or false, like false"#),
        (
            "LOG_LEVEL", "loud",
            #""loud" is not a log level; give one of trace, debug, info, notice, warning, error, critical, like info"#
        ),
        ("BRAND", "a/b", #""a/b" is not allowed; give letters, digits, '-' and '_' only, like tidegate"#),
        (
            "ECHO_PATH", "/ws",
            #""/ws" is not allowed; give a path that begins with '/' and isn't /ws or below it, like /echo"#
        ),
        (
            "BYBIT_WS_URL", "wss://stream.bybit.com/v5/public/option",
            #""wss://stream.bybit.com/v5/public/option" is Bybit's feed of option, which can't be read; linear, inverse "#
                + "and spot can; give a ws:// or wss:// address, like wss://stream.bybit.com/v5/public/linear"
        ),
        (
            "BYBIT_WS_URL", "https://x",
            #""https://x" is not allowed; give a ws:// or wss:// address, like wss://stream.bybit.com/v5/public/linear"#
        ),
    ])
    func saysWhatIsWrongAndWhatWouldBeRight(name: String, text: String, reason: String) async {
        #expect(await problems([name: text]) == ["\(name): \(reason) (from the environment)"])
        // Single quotes are YAML's literal strings, so the file gives the very same text.
        let yaml = "\(name.lowercased()): '\(text)'"
        #expect(await problems(yaml: yaml) == ["\(name): \(reason) (from the file FILE)"])
    }

    @Test func aValueCanNotBreakTheLineNorFillTheScreen() async {
        let lines = await problems(["BRAND": "a\nb" + String(repeating: "c", count: 500)])
        #expect(lines.count == 1)
        #expect(lines.first?.hasPrefix(#"BRAND: "a\nb"#) == true)
        #expect((lines.first?.count ?? 1000) < 200)
    }

    @Test(arguments: [
        (
            ["BYBIT_RECONNECT_DELAY_INITIAL": "90"],
            "BYBIT_RECONNECT_DELAY_MAX: 60 is less than BYBIT_RECONNECT_DELAY_INITIAL, which is 90; "
                + "give one that is not less (from the environment)"
        ),
        (
            ["CLIENT_PING_TIMEOUT": "20"],
            "CLIENT_PING_TIMEOUT: 20 is not less than CLIENT_PING_INTERVAL, which is 20; "
                + "give a smaller one (from the environment)"
        ),
        (
            ["BYBIT_PING_TIMEOUT": "5", "BYBIT_PING_INTERVAL": "2.5"],
            "BYBIT_PING_TIMEOUT: 5 is not less than BYBIT_PING_INTERVAL, which is 2.5; "
                + "give a smaller one (from the environment)"
        ),
    ])
    func settingsThatContradictEachOtherAreRefused(environment: [String: String], line: String) async {
        #expect(await problems(environment) == [line])
    }

    @Test func aValueThatIsWrongByItselfIsNotComparedToo() async {
        #expect(await problems(["CLIENT_PING_TIMEOUT": "soon"]).count == 1)
        #expect(await problems(["CLIENT_PING_INTERVAL": "5", "CLIENT_PING_TIMEOUT": "soon"]).count == 1)
    }

    @Test func equalReconnectDelaysAreFine() async {
        let environment = ["BYBIT_RECONNECT_DELAY_INITIAL": "2", "BYBIT_RECONNECT_DELAY_MAX": "2"]
        #expect(await problems(environment).isEmpty)
    }
}
