import Core
import Testing

@testable import EdgeNode

@Suite("A request may ask for times in the frames of what it subscribes to")
struct TimesRequestTests {
    @Test(
        arguments: [
            (#"{"op":"subscribe","args":["ticker:BTCUSDT"],"times":true}"#, true),
            (#"{"times":true,"op":"subscribe","args":["ticker:BTCUSDT"]}"#, true),
            (#"{"op":"subscribe","args":["ticker:BTCUSDT"],"times":false}"#, false),
            (#"{"op":"subscribe","args":["ticker:BTCUSDT"],"times":null}"#, nil),
            (#"{"op":"subscribe","args":["ticker:BTCUSDT"]}"#, nil),
            (#"{"action":"subscribe","streams":["ticker.btc_usdt"],"times":true}"#, true),
            (#"{"op":"resume","args":["ticker:BTCUSDT"],"times":true}"#, true),
            (#"{"action":"resume","resumeToken":"T","times":false}"#, false),
            (#"{"op":"resume","token":"T"}"#, nil),
            // Of a key that stands twice the last counts.
            (#"{"op":"subscribe","args":["ticker:BTCUSDT"],"times":7,"times":true}"#, true),
            (#"{"op":"subscribe","args":["ticker:BTCUSDT"],"times":true,"times":null}"#, nil),
            // Other requests pass it over, and so does a dialect without times.
            (#"{"op":"unsubscribe","args":["ticker:BTCUSDT"],"times":7}"#, nil),
            (#"{"op":"ping","times":true}"#, nil),
            (#"{"type":"subscribe","exchange":"bybit","symbol":"BTCUSDT","times":true}"#, nil),
            (#"{"type":"subscribe","exchange":"bybit","symbol":"BTCUSDT","times":7}"#, nil),
        ] as [(String, Bool?)]
    )
    func isReadInEachDialect(_ text: String, _ tellsTimes: Bool?) throws {
        #expect(try DialectRegistry.tidegate.read(text).tellsTimes == tellsTimes)
    }

    @Test(arguments: ["1", "0", #""true""#, "[true]", "{}"], ["subscribe", "resume"])
    func whatIsNeitherTrueNorFalseIsToldSo(_ value: String, _ operation: String) {
        for (key, list) in [("op", "args"), ("action", "streams")] {
            let text = #"{"\#(key)":"\#(operation)","id":4,"\#(list)":["ticker.BTCUSDT"],"times":\#(value)}"#
            let read = ClientRequestCase(text, nil, .ping).read()
            #expect(read.outcome == .fails(code: "INVALID_ARGS", message: #""times" must be true or false"#))
            #expect(read.id == "4")
        }
    }

    @Test func whatIsNoJSONIsNoRequest() {
        let read = ClientRequestCase(#"{"op":"subscribe","args":["ticker:BTCUSDT"],"times":tru}"#, nil, .ping).read()
        #expect(read.outcome == ClientRequestCase.invalidJSON)
    }

    /// The token says it of each stream.
    @Test(arguments: ["", #","args":["ticker:BTCUSDT"]"#], [false, true])
    func whatTheRequestDoesNotSayTheTokenDoes(_ listed: String, _ tellsTimes: Bool) throws {
        let request = try DialectRegistry.tidegate.read(#"{"op":"resume","token":"T"\#(listed)}"#)
        guard case .resume(let resume) = request.operation else {
            Issue.record("\(request)")
            return
        }
        let (ticker, trade) = (try StreamName(canonical: "ticker.BTCUSDT"), try StreamName(canonical: "trade.BTCUSDT"))
        let token = ResumeToken(
            user: "",
            issuedAt: 0,
            subscriptions: [
                ResumeToken.Subscription(stream: ticker, dialect: .op, tellsTimes: tellsTimes),
                ResumeToken.Subscription(stream: trade, dialect: .action, tellsTimes: !tellsTimes),
            ]
        )
        #expect(resume.completed(by: token).wanted.map(\.tellsTimes) == [tellsTimes, !tellsTimes])
    }
}
