import Core
import Testing

@testable import EdgeNode

@Suite struct ClientRequestTests {
    private typealias Case = ClientRequestCase

    private func check(_ expected: ClientRequestCase) {
        let read = expected.read()
        #expect(read.outcome == expected.outcome)
        #expect(read.dialect == expected.dialect)
        #expect(read.id == expected.id)
    }

    @Test(arguments: [
        ClientRequestCase(#"{"op":"subscribe","args":["ticker:BTCUSDT"]}"#, .op, .subscribe(["ticker.BTCUSDT"])),
        ClientRequestCase(#"{"op":"subscribe","args":["tickers.BTCUSDT"]}"#, .op, .subscribe(["ticker.BTCUSDT"])),
        ClientRequestCase(
            #"{"args":["kline:1h:BTCUSDT","trade:BTCUSDT","depth:BTCUSDT"],"op":"subscribe"}"#,
            .op,
            .subscribe(["kline.1h.BTCUSDT", "trade.BTCUSDT", "depth.50.BTCUSDT"])
        ),
        ClientRequestCase(#"{"op":"unsubscribe","args":["ticker:BTCUSDT"]}"#, .op, .unsubscribe(["ticker.BTCUSDT"])),
        ClientRequestCase(#" {"op" : "ping" } "#, .op, .ping),
        ClientRequestCase(#"{"op":"ping","args":null}"#, .op, .ping),
        ClientRequestCase(
            #"{"action":"subscribe","streams":["ticker.btc_usdt","trades.btc_usdt","orders.user123"]}"#,
            .action,
            .subscribe(["ticker.BTCUSDT", "trade.BTCUSDT", "orders.user123"])
        ),
        ClientRequestCase(
            #"{"action":"unsubscribe","streams":["depth.btc_usdt"]}"#,
            .action,
            .unsubscribe(["depth.50.BTCUSDT"])
        ),
        ClientRequestCase(
            #"{"type":"subscribe","exchange":"bybit","symbol":"BTCUSDT"}"#,
            .guide,
            .subscribe(["ticker.BTCUSDT"])
        ),
        ClientRequestCase(
            #"{"type":"unsubscribe","exchange":"bybit","symbol":"BTCUSDT"}"#,
            .guide,
            .unsubscribe(["ticker.BTCUSDT"])
        ),
    ])
    func eachDialectIsRead(_ expected: ClientRequestCase) { check(expected) }

    @Test(arguments: [
        (#""a b""#, #""a b""#), (#""\u00e9""#, #""\u00e9""#), ("7", "7"), ("-1.5e3", "-1.5e3"), ("null", nil),
        ("true", nil),
        ("{}", nil), ("[1]", nil),
    ])
    func anIDIsEchoedAsItWasWrittenWhereItIsAStringOrANumber(written: String, echoed: String?) {
        check(ClientRequestCase(#"{"op":"ping","id":\#(written)}"#, .op, id: echoed, .ping))
        check(ClientRequestCase(#"{"id":\#(written),"op":"x"}"#, .op, id: echoed, ClientRequestCase.unknown("x")))
    }

    @Test func anIDLongerThanANameIsNotEchoed() {
        let long = "\"" + String(repeating: "x", count: 255) + "\""
        check(ClientRequestCase(#"{"op":"ping","id":\#(long)}"#, .op, .ping))
    }

    @Test(arguments: [
        ClientRequestCase(
            #"{"op":"subscribe","args":[{"stream":"ticker:BTCUSDT","maxRate":2},{"stream":"trade:BTCUSDT"}]}"#,
            .op,
            .subscribe(["ticker.BTCUSDT@2.0", "trade.BTCUSDT"])
        ),
        ClientRequestCase(
            #"{"op":"subscribe","args":[{"stream":"ticker:BTCUSDT","maxRate":0}]}"#,
            .op,
            ClientRequestCase.badObject
        ),
        ClientRequestCase(
            #"{"op":"subscribe","args":[{"stream":"ticker:BTCUSDT","maxRate":-1}]}"#,
            .op,
            ClientRequestCase.badObject
        ),
        ClientRequestCase(
            #"{"op":"subscribe","args":[{"stream":"ticker:BTCUSDT","maxRate":"2"}]}"#,
            .op,
            ClientRequestCase.badObject
        ),
        ClientRequestCase(
            #"{"op":"subscribe","args":[{"stream":"ticker:BTCUSDT","maxRate":1e999}]}"#,
            .op,
            ClientRequestCase.badObject
        ),
        ClientRequestCase(#"{"op":"subscribe","args":[{"maxRate":2}]}"#, .op, ClientRequestCase.badObject),
        ClientRequestCase(#"{"op":"subscribe","args":[{"stream":7}]}"#, .op, ClientRequestCase.badObject),
        ClientRequestCase(#"{"op":"subscribe","args":[{}]}"#, .op, ClientRequestCase.badObject),
    ])
    func aStreamMayBeAnObject(_ expected: ClientRequestCase) { check(expected) }

    @Test(arguments: [
        ClientRequestCase(#"{"op":"subscribe"}"#, .op, ClientRequestCase.noStreams),
        ClientRequestCase(#"{"op":"subscribe","args":[]}"#, .op, ClientRequestCase.noStreams),
        ClientRequestCase(#"{"op":"subscribe","args":null}"#, .op, ClientRequestCase.noStreams),
        ClientRequestCase(#"{"op":"unsubscribe","args":[]}"#, .op, ClientRequestCase.noStreams),
        ClientRequestCase(#"{"action":"subscribe"}"#, .action, ClientRequestCase.noStreams),
        ClientRequestCase(#"{"op":"subscribe","args":"ticker:BTCUSDT"}"#, .op, ClientRequestCase.notAnArray),
        ClientRequestCase(#"{"op":"subscribe","args":{}}"#, .op, ClientRequestCase.notAnArray),
        ClientRequestCase(#"{"op":"subscribe","args":[null]}"#, .op, ClientRequestCase.notStreams),
        ClientRequestCase(#"{"op":"subscribe","args":["ticker:BTCUSDT",1]}"#, .op, ClientRequestCase.notStreams),
        ClientRequestCase(#"{"op":"subscribe","args":[["ticker:BTCUSDT"]]}"#, .op, ClientRequestCase.notStreams),
        ClientRequestCase(
            #"{"type":"subscribe","symbol":"BTCUSDT"}"#,
            .guide,
            .fails(code: "INVALID_ARGS", message: "exchange and symbol are needed")
        ),
        ClientRequestCase(
            #"{"type":"subscribe","exchange":"bybit","symbol":null}"#,
            .guide,
            .fails(code: "INVALID_ARGS", message: "exchange and symbol are needed")
        ),
    ])
    func argumentsThatAreNoStreamsAreToldSo(_ expected: ClientRequestCase) { check(expected) }

    @Test(arguments: [
        ClientRequestCase(#"{"op":"fly"}"#, .op, ClientRequestCase.unknown("fly")),
        ClientRequestCase(#"{"op":null}"#, .op, ClientRequestCase.unknown("null")),
        ClientRequestCase(
            #"{"type":"resume","exchange":"bybit","symbol":"BTCUSDT","lastSequence":5,"token":"t"}"#,
            .guide,
            ClientRequestCase.unknown("resume")
        ),
        ClientRequestCase(#"{"op":["ping"]}"#, .op, ClientRequestCase.unknown(#"["ping"]"#)),
        ClientRequestCase(#"{"op":"PING"}"#, .op, ClientRequestCase.unknown("PING")),
        ClientRequestCase("{}", nil, ClientRequestCase.unknown("null")),
        ClientRequestCase(#"{"action":"fly"}"#, .action, ClientRequestCase.unknown("fly")),
        ClientRequestCase(#"{"type":"fly"}"#, .guide, ClientRequestCase.unknown("fly")),
    ])
    func anOperationThatDoesNotExistIsNamed(_ expected: ClientRequestCase) { check(expected) }

    @Test(
        arguments: [
            "", " ", "ping", "[]", "7", "null", #""op""#, #"{"op":"ping""#, #"{"op":"ping"}}"#, #"{"op":"ping"} x"#,
            #"{"op":"ping",}"#, "{'op':'ping'}", #"{op:"ping"}"#, "{\"op\":\"pi\nng\"}", #"{"op":"\ud800"}"#,
            "\u{FEFF}{}",
        ]
    )
    func whatIsNotAJSONObjectIsInvalid(_ text: String) {
        let read = ClientRequestCase(text, nil, .ping).read()
        #expect(read.outcome == ClientRequestCase.invalidJSON)
    }

    @Test func invalidJSONIsToldInTheDialectThatItBeganIn() {
        check(
            ClientRequestCase(
                #"{"type":"subscribe","#,
                .guide,
                .fails(code: "INVALID_JSON", message: "Invalid JSON format")
            )
        )
        check(ClientRequestCase(#"{"id":5,"action":"subscribe","#, .action, id: "5", ClientRequestCase.invalidJSON))
    }

    @Test(arguments: [
        ClientRequestCase(#"{"op":"x","op":"ping"}"#, .op, .ping),
        ClientRequestCase(#"{"type":"x","action":"y","op":"ping"}"#, .op, .ping),
        ClientRequestCase(#"{"op":"ping","action":"y","type":"x"}"#, .op, .ping),
        ClientRequestCase(#"{"op":"ping","id":1,"id":2}"#, .op, id: "2", .ping),
        ClientRequestCase(
            #"{"op":"subscribe","args":["x"],"args":["ticker:BTCUSDT"]}"#,
            .op,
            .subscribe(["ticker.BTCUSDT"])
        ),
    ])
    func ofKeysThatStandTwiceTheLastCountsAndOfDialectsTheFirst(_ expected: ClientRequestCase) { check(expected) }

    @Test func nestingWithoutEndIsRefusedAndNotFollowed() {
        let deep = #"{"x":"# + String(repeating: "[", count: 60_000)
        #expect(ClientRequestCase(deep, nil, .ping).read().outcome == ClientRequestCase.invalidJSON)
        let allowed =
            #"{"op":"ping","x":"# + String(repeating: "[", count: 31) + String(repeating: "]", count: 31) + "}"
        check(ClientRequestCase(allowed, .op, .ping))
    }

    @Test func moreStreamsThanAnybodyMayHaveAreRefused() {
        let names = Array(repeating: #""x""#, count: 10_001).joined(separator: ",")
        check(
            ClientRequestCase(
                #"{"op":"subscribe","args":[\#(names)]}"#,
                .op,
                .fails(code: "INVALID_ARGS", message: "Max 10000 streams in one request")
            )
        )
    }
}
