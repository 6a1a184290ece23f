import Core
import NIOCore
import Testing

@testable import EdgeNode

@Suite struct ClientReplyTests {
    private static let position = [("ticker.BTCUSDT", Position(epoch: 7, sequence: 5))]
    private static let rejection = Rejection("x", .format("x"))
    private static let invalidSymbol = StreamNameError.invalid(
        "Invalid symbol: btc. Expected upper-case letters and digits, like BTCUSDT"
    )
    private static let resumed = [
        ResumedStream(spelling: "ticker:BTCUSDT", outcome: .recovered(from: 6, to: 9, count: 4)),
        ResumedStream(spelling: "b", outcome: .recovered(from: 10, to: 9, count: 0)),
        ResumedStream(spelling: "c", outcome: .notRecovered(reason: .expired, oldest: 3, latest: .max)),
        ResumedStream(spelling: "d", outcome: .notRecovered(reason: .epochChanged, oldest: 3, latest: 4)),
        ResumedStream(spelling: "e", outcome: .notRecovered(reason: .tooFar, oldest: 3, latest: 4)),
        ResumedStream(spelling: "\"", outcome: .notRecovered(reason: .unknown, oldest: nil, latest: nil)),
    ]
    private static let resumedText = #"""
        "streams":[{"stream":"ticker:BTCUSDT","recovered":true,"from":6,"to":9,"replayed":4},\#
        {"stream":"b","recovered":true,"from":10,"to":9,"replayed":0},\#
        {"stream":"c","recovered":false,"reason":"expired","oldest":3,"latest":18446744073709551615},\#
        {"stream":"d","recovered":false,"reason":"epoch_changed","oldest":3,"latest":4},\#
        {"stream":"e","recovered":false,"reason":"too_far","oldest":3,"latest":4},\#
        {"stream":"\"","recovered":false,"reason":"unknown"}]
        """#

    @Test(
        arguments: [
            (
                .subscribed(accepted: ["ticker:BTCUSDT"], rejected: [], positions: position, token: nil),
                #"{"op":"subscribe","success":true,"args":["ticker:BTCUSDT"],"message":"Subscribed to 1 streams","rejected":null,"resume":{"positions":{"ticker.BTCUSDT":{"epoch":7,"sequence":5}}}}"#
            ),
            (
                .subscribed(accepted: ["ticker:BTCUSDT"], rejected: [], positions: position, token: "AQ-_"),
                #"{"op":"subscribe","success":true,"args":["ticker:BTCUSDT"],"message":"Subscribed to 1 streams","rejected":null,"resume":{"token":"AQ-_","positions":{"ticker.BTCUSDT":{"epoch":7,"sequence":5}}}}"#
            ),
            (
                .subscribed(accepted: ["a"], rejected: [rejection], positions: [], token: nil),
                #"{"op":"subscribe","success":true,"args":["a"],"message":"Subscribed to 1 streams. 1 rejected — see 'rejected' for details.","rejected":[{"arg":"x","code":"INVALID_ARGS","reason":"Invalid stream format: x"}],"resume":{"positions":{}}}"#
            ),
            (
                .subscribed(accepted: [], rejected: [rejection], positions: [], token: nil),
                #"{"op":"subscribe","success":false,"args":[],"message":"Subscribed to 0 streams. 1 rejected — see 'rejected' for details.","rejected":[{"arg":"x","code":"INVALID_ARGS","reason":"Invalid stream format: x"}],"resume":{"positions":{}}}"#
            ),
            (
                .unsubscribed(["a", "b"]),
                #"{"op":"unsubscribe","success":true,"args":["a","b"],"message":"Unsubscribed from 2 streams"}"#
            ),
            (
                .unsubscribed([]),
                #"{"op":"unsubscribe","success":true,"args":[],"message":"Unsubscribed from 0 streams"}"#
            ),
            (.pong(timestamp: 5), #"{"op":"pong","timestamp":5}"#),
            (
                .rejected([rejection]),
                #"{"op":"rejected","rejected":[{"arg":"x","code":"INVALID_ARGS","reason":"Invalid stream format: x"}]}"#
            ),
            (
                .gap(stream: "s", from: 3, to: 4, epoch: 2, reason: .failover),
                #"{"op":"gap","stream":"s","from":3,"to":4,"epoch":2,"reason":"failover"}"#
            ),
            (.goingAway(reconnectAfterMilliseconds: 9, token: nil), #"{"op":"going_away","reconnectAfterMs":9}"#),
            (
                .goingAway(reconnectAfterMilliseconds: 9, token: "AQ-_"),
                #"{"op":"going_away","reconnectAfterMs":9,"resumeToken":"AQ-_"}"#
            ),
            (
                .resumed(streams: resumed, rejected: [rejection], positions: position, token: "AQ-_"),
                #"{"op":"resumed",\#(resumedText),"positions":{"ticker.BTCUSDT":{"epoch":7,"sequence":5}},"rejected":[{"arg":"x","code":"INVALID_ARGS","reason":"Invalid stream format: x"}],"resumeToken":"AQ-_"}"#
            ),
            (
                .resumed(streams: [], rejected: [], positions: [], token: nil),
                #"{"op":"resumed","streams":[],"positions":{},"rejected":null}"#
            ),
        ] as [(ClientReply, String)]
    )
    func opRepliesAreExact(reply: ClientReply, text: String) {
        #expect(String(buffer: reply.text(in: .op, id: nil)) == text)
    }

    @Test(
        arguments: [
            (
                .subscribed(accepted: ["ticker.btc_usdt"], rejected: [], positions: position, token: nil),
                #"{"action":"subscribed","streams":["ticker.btc_usdt"],"rejected":null,"positions":{"ticker.BTCUSDT":{"epoch":7,"sequence":5}}}"#
            ),
            (
                .subscribed(accepted: ["a"], rejected: [], positions: [], token: "AQ-_"),
                #"{"action":"subscribed","streams":["a"],"rejected":null,"positions":{},"resumeToken":"AQ-_"}"#
            ),
            (
                .subscribed(accepted: [], rejected: [.forbidden("orders.u")], positions: [], token: nil),
                #"{"action":"subscribed","streams":[],"rejected":[{"stream":"orders.u","code":"FORBIDDEN","reason":"orders.u is not for this connection: its credentials don't grant it"}],"positions":{}}"#
            ),
            (.unsubscribed(["a"]), #"{"action":"unsubscribed","streams":["a"]}"#),
            (.pong(timestamp: 5), #"{"action":"pong","timestamp":5}"#),
            (
                .rejected([.refused("x", reason: "no such symbol")]),
                #"{"action":"rejected","rejected":[{"stream":"x","code":"REFUSED","reason":"no such symbol"}]}"#
            ),
            (
                .gap(stream: "s", from: 3, to: 4, epoch: 2, reason: .upstream),
                #"{"action":"gap","stream":"s","from":3,"to":4,"epoch":2,"reason":"upstream"}"#
            ),
            (.goingAway(reconnectAfterMilliseconds: 9, token: nil), #"{"action":"going_away","reconnectAfterMs":9}"#),
            (
                .goingAway(reconnectAfterMilliseconds: 9, token: "AQ-_"),
                #"{"action":"going_away","reconnectAfterMs":9,"resumeToken":"AQ-_"}"#
            ),
            (
                .resumed(streams: resumed, rejected: [.forbidden("orders.u")], positions: position, token: "AQ-_"),
                #"{"action":"resumed",\#(resumedText),"positions":{"ticker.BTCUSDT":{"epoch":7,"sequence":5}},"rejected":[{"stream":"orders.u","code":"FORBIDDEN","reason":"orders.u is not for this connection: its credentials don't grant it"}],"resumeToken":"AQ-_"}"#
            ),
            (
                .resumed(streams: [], rejected: [], positions: [], token: nil),
                #"{"action":"resumed","streams":[],"positions":{},"rejected":null}"#
            ),
        ] as [(ClientReply, String)]
    )
    func actionRepliesAreExact(reply: ClientReply, text: String) {
        #expect(String(buffer: reply.text(in: .action, id: nil)) == text)
    }

    @Test(
        arguments: [
            (
                .subscribed(accepted: ["BTCUSDT"], rejected: [], positions: position, token: nil),
                #"{"type":"subscribed","exchange":"bybit","symbol":"BTCUSDT"}"#
            ),
            (
                .subscribed(accepted: [], rejected: [Rejection("btc", invalidSymbol)], positions: [], token: nil),
                #"{"type":"error","code":"INVALID_ARGS","message":"Invalid symbol: btc. Expected upper-case letters and digits, like BTCUSDT","symbol":"btc"}"#
            ),
            (.unsubscribed(["BTCUSDT"]), #"{"type":"unsubscribed","exchange":"bybit","symbol":"BTCUSDT"}"#),
            (.error(.invalidJSON), #"{"type":"error","message":"Invalid JSON format"}"#),
            (.gap(stream: "s", from: 3, to: 4, epoch: 2, reason: .upstream), ""),
            (
                .subscribed(accepted: ["BTCUSDT"], rejected: [], positions: position, token: "AQ-_"),
                #"{"type":"subscribed","exchange":"bybit","symbol":"BTCUSDT"}"#
            ),
            (.resumed(streams: resumed, rejected: [], positions: position, token: "AQ-_"), ""),
            (
                .goingAway(reconnectAfterMilliseconds: 9, token: "AQ-_"),
                #"{"type":"going_away","reconnectAfterMs":9}"#
            ),
        ] as [(ClientReply, String)]
    )
    func typeRepliesAreExact(reply: ClientReply, text: String) {
        #expect(String(buffer: reply.text(in: .guide, id: nil)) == text)
    }

    @Test(
        arguments: [
            (.rateLimit(perSecond: 100), "RATE_LIMIT_EXCEEDED", "Max 100 messages per second"),
            (.invalidJSON, "INVALID_JSON", "Invalid JSON message"),
            (.unknownOperation("fly"), "UNKNOWN_OP", "Unknown operation: fly"),
            (.noStreams, "INVALID_ARGS", "No streams specified"),
            (.limitExceeded(subscriptions: 100), "LIMIT_EXCEEDED", "Max 100 subscriptions allowed"),
            (.invalidResumeToken("It has expired"), "INVALID_RESUME_TOKEN", "It has expired"),
        ] as [(ClientError, String, String)]
    )
    func errorsHaveTheCodesAndWordsOfTheSpecification(error: ClientError, code: String, message: String) {
        for dialect in [DialectID.op, .action] {
            let text = #"{"\#(dialect.key)":"error","code":"\#(code)","message":"\#(message)"}"#
            #expect(String(buffer: ClientReply.error(error).text(in: dialect, id: nil)) == text)
        }
    }

    @Test(arguments: [#""a""#, "7"])
    func theIDIsEchoedInEveryDialect(id: String) {
        for dialect in DialectRegistry.tidegate.all {
            let text = String(buffer: ClientReply.error(.invalidJSON).text(in: dialect, id: id))
            #expect(text.hasSuffix(#","id":\#(id)}"#))
        }
    }

    @Test(arguments: [
        (DialectID.op, ""), (.action, ""),
        (.guide, #"{"type":"welcome","message":"Connected to market data feed","client_count":3}"#),
    ])
    func onlyTheGuideGreets(dialect: DialectID, text: String) {
        #expect(String(buffer: DialectRegistry.tidegate[dialect].greeting(clientCount: 3)) == text)
    }

    @Test func aGuidesClientIsToldThatItIsOutWhetherOrNotItWasIn() {
        let text = String(buffer: ClientReply.unsubscribed([], asked: ["BTCUSDT"]).text(in: .guide, id: nil))
        #expect(text == #"{"type":"unsubscribed","exchange":"bybit","symbol":"BTCUSDT"}"#)
    }

    @Test func whatAClientWroteIsEscaped() {
        let text = String(buffer: ClientReply.error(.unknownOperation("a\"\\\n\u{1}")).text(in: .op, id: nil))
        #expect(text == #"{"op":"error","code":"UNKNOWN_OP","message":"Unknown operation: a\"\\\n\u0001"}"#)
    }
}
