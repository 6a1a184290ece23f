import Core
import Testing

@testable import EdgeNode

/// What a resume says, in all of its forms. A stream reads `canonical=spelling@rate#epoch:sequence`.
@Suite struct ResumeRequestTests {
    private func check(_ expected: ClientRequestCase) {
        let read = expected.read()
        #expect(read.outcome == expected.outcome)
        #expect(read.dialect == expected.dialect)
        #expect(read.id == expected.id)
    }

    @Test(arguments: [
        ClientRequestCase(
            #"{"action":"resume","streams":["depth.btc_usdt"],"lastSequence":21253412}"#,
            .action,
            .resume(["depth.50.BTCUSDT=depth.btc_usdt#21253412"])
        ),
        ClientRequestCase(
            #"{"lastSequence":7,"streams":["ticker.btc_usdt","trades.btc_usdt"],"id":1,"action":"resume"}"#,
            .action,
            id: "1",
            .resume(["ticker.BTCUSDT=ticker.btc_usdt#7", "trade.BTCUSDT=trades.btc_usdt#7"])
        ),
        ClientRequestCase(
            #"{"action":"resume","streams":[{"stream":"ticker.btc_usdt","maxRate":2}],"lastSequence":7}"#,
            .action,
            .resume(["ticker.BTCUSDT=ticker.btc_usdt@2.0#7"])
        ),
        ClientRequestCase(
            #"{"action":"resume","positions":{"trades.btc_usdt":{"epoch":7,"sequence":5}}}"#,
            .action,
            .resume(["trade.BTCUSDT=trades.btc_usdt#7:5"])
        ),
        ClientRequestCase(
            #"{"op":"resume","positions":{"ticker:BTCUSDT":{"epoch":7,"sequence":5}}}"#,
            .op,
            .resume(["ticker.BTCUSDT=ticker:BTCUSDT#7:5"])
        ),
        ClientRequestCase(
            #"{"op":"resume","positions":{"ticker:BTCUSDT":{"sequence":5},"trade:BTCUSDT":{"sequence":0,"epoch":null}}}"#,
            .op,
            .resume(["ticker.BTCUSDT=ticker:BTCUSDT#5", "trade.BTCUSDT=trade:BTCUSDT#0"])
        ),
        ClientRequestCase(
            #"{"op":"resume","args":["ticker:BTCUSDT"],"lastSequence":7}"#,
            .op,
            .resume(["ticker.BTCUSDT=ticker:BTCUSDT#7"])
        ),
        ClientRequestCase(#"{"op":"resume","token":"AQ-_"}"#, .op, .resume(["!AQ-_"])),
        ClientRequestCase(#"{"op":"resume","resumeToken":"AQ-_"}"#, .op, .resume(["!AQ-_"])),
        ClientRequestCase(#"{"action":"resume","streams":[],"resumeToken":"AQ-_"}"#, .action, .resume(["!AQ-_"])),
        ClientRequestCase(
            #"{"op":"resume","token":"T","args":["trade:BTCUSDT"],"positions":{"ticker:BTCUSDT":{"sequence":5}}}"#,
            .op,
            .resume(["trade.BTCUSDT=trade:BTCUSDT", "ticker.BTCUSDT=ticker:BTCUSDT#5", "!T"])
        ),
        // What is unknown to it is passed over, also inside a position.
        ClientRequestCase(
            #"{"op":"resume","x":[{}],"positions":{"ticker:BTCUSDT":{"x":{"sequence":1},"sequence":5}}}"#,
            .op,
            .resume(["ticker.BTCUSDT=ticker:BTCUSDT#5"])
        ),
    ])
    func eachFormIsRead(_ expected: ClientRequestCase) { check(expected) }

    @Test(arguments: [
        ClientRequestCase(
            #"{"op":"resume","args":["ticker:BTCUSDT"]}"#,
            .op,
            .resume(["ticker.BTCUSDT=ticker:BTCUSDT"])
        ),
        ClientRequestCase(
            #"{"op":"resume","args":["ticker:BTCUSDT"],"lastSequence":null,"positions":null,"token":null}"#,
            .op,
            .resume(["ticker.BTCUSDT=ticker:BTCUSDT"])
        ),
        ClientRequestCase(
            #"{"op":"resume","args":["ticker:BTCUSDT"],"positions":{}}"#,
            .op,
            .resume(["ticker.BTCUSDT=ticker:BTCUSDT"])
        ),
    ])
    func aStreamWithoutAPositionIsWantedAllTheSame(_ expected: ClientRequestCase) { check(expected) }

    @Test(arguments: ["0", "9007199254740993", "18446744073709551615"])
    func numbersKeepAllOfTheirDigits(_ number: String) {
        check(
            ClientRequestCase(
                #"{"op":"resume","args":["trade:BTCUSDT"],"lastSequence":\#(number),"positions":{"ticker:BTCUSDT":{"epoch":\#(number),"sequence":\#(number)}}}"#,
                .op,
                .resume(["trade.BTCUSDT=trade:BTCUSDT#\(number)", "ticker.BTCUSDT=ticker:BTCUSDT#\(number):\(number)"])
            )
        )
    }

    private static let badNumbers = [
        "-1", "1.5", "1.0", "1e3", "18446744073709551616", #""5""#, "true", "[5]", #"{"sequence":5}"#,
    ]
    private static let badPositions = ClientRequestCase.Outcome.fails(
        code: "INVALID_ARGS",
        message: #""positions" must be an object like {"ticker:BTCUSDT":{"epoch":7,"sequence":5}}: "#
            + #"whole numbers that are not negative; "epoch" may be left out"#
    )

    @Test(arguments: badNumbers)
    func whatIsNoSequenceIsToldSo(_ number: String) {
        check(
            ClientRequestCase(
                #"{"action":"resume","id":9,"streams":["ticker.btc_usdt"],"lastSequence":\#(number)}"#,
                .action,
                id: "9",
                .fails(
                    code: "INVALID_ARGS",
                    message: #""lastSequence" must be a whole number that is not negative, like 1042"#
                )
            )
        )
        for position in [#"{"epoch":7,"sequence":\#(number)}"#, #"{"epoch":\#(number),"sequence":5}"#] {
            check(
                ClientRequestCase(
                    #"{"op":"resume","positions":{"ticker:BTCUSDT":\#(position),"trade:BTCUSDT":{"sequence":1}}}"#,
                    .op,
                    Self.badPositions
                )
            )
        }
    }

    @Test(arguments: [
        "7", "[]", #""x""#, "false", #"{"ticker:BTCUSDT":5}"#, #"{"ticker:BTCUSDT":null}"#, #"{"ticker:BTCUSDT":{}}"#,
        #"{"ticker:BTCUSDT":{"epoch":7}}"#, #"{"ticker:BTCUSDT":{"sequence":null}}"#, #"{"ticker:BTCUSDT":[7,5]}"#,
    ])
    func whatAreNoPositionsIsToldSo(_ positions: String) {
        check(ClientRequestCase(#"{"op":"resume","positions":\#(positions)}"#, .op, Self.badPositions))
    }

    @Test(arguments: ["7", "{}", "[\"T\"]", "true"])
    func whatIsNoTokenIsToldSo(_ token: String) {
        for key in ["token", "resumeToken"] {
            check(
                ClientRequestCase(
                    #"{"op":"resume","args":["ticker:BTCUSDT"],"\#(key)":\#(token)}"#,
                    .op,
                    .fails(code: "INVALID_ARGS", message: "A resume token must be a string, as it was given out")
                )
            )
        }
    }

    @Test(arguments: [
        ClientRequestCase(#"{"op":"resume"}"#, .op, ClientRequestCase.noStreams),
        ClientRequestCase(#"{"op":"resume","args":[],"positions":{},"token":null}"#, .op, ClientRequestCase.noStreams),
        ClientRequestCase(#"{"op":"resume","args":"ticker:BTCUSDT"}"#, .op, ClientRequestCase.notAnArray),
        ClientRequestCase(#"{"op":"resume","args":[7],"token":"T"}"#, .op, ClientRequestCase.notStreams),
        ClientRequestCase(
            #"{"action":"resume","lastSequence":5,"token":"T"}"#,
            .action,
            .fails(
                code: "INVALID_ARGS",
                message: #""lastSequence" needs "streams": it is the position of each of them"#
            )
        ),
        ClientRequestCase(
            #"{"op":"resume","positions":{"\ud800":{"sequence":5}}}"#,
            .op,
            ClientRequestCase.invalidJSON
        ),
        ClientRequestCase(#"{"op":"resume","positions":{"x":{"sequence":05}}}"#, .op, ClientRequestCase.invalidJSON),
    ])
    func whatNamesNoStreamsIsToldSo(_ expected: ClientRequestCase) { check(expected) }

    /// The keys of a resume in a request that is none are passed over, whatever stands there.
    @Test func otherRequestsDoNotLookAtThem() {
        check(ClientRequestCase(#"{"op":"ping","positions":7,"lastSequence":-1,"token":{}}"#, .op, .ping))
    }

    @Test func morePositionsThanAnybodyMayHaveAreRefused() {
        func request(_ count: Int) -> String {
            let positions = (0..<count).map { #""\#($0)":{"sequence":1}"# }.joined(separator: ",")
            return #"{"op":"resume","positions":{\#(positions)}}"#
        }
        guard case .resume(let wanted) = ClientRequestCase(request(10_000), .op, .ping).read().outcome else {
            Issue.record("10,000 positions are refused")
            return
        }
        #expect(wanted.count == 10_000)
        check(
            ClientRequestCase(
                request(10_001),
                .op,
                .fails(code: "INVALID_ARGS", message: "Max 10000 positions in one request")
            )
        )
    }
}
