import NIOCore
import Testing

@testable import BybitSimulator

/// Requests and their answers, word for word.
struct RequestInterpreterTests {
    struct Case: CustomTestStringConvertible {
        let request: String
        let success: Bool
        let message: String
        var requestID = ""
        var operation = "subscribe"
        var subscribed: [String] = []

        var testDescription: String { request }

        var reply: String {
            "{\"success\":\(success),\"ret_msg\":\"\(message)\",\"conn_id\":\"c0\",\"req_id\":\"\(requestID)\","
                + "\"op\":\"\(operation)\"}"
        }
    }

    private static let cases = [
        Case(
            request: #"{"req_id":"md0","op":"subscribe","args":["tickers.ETHUSDT","orderbook.50.BTCUSDT"]}"#,
            success: true,
            message: "",
            requestID: "md0",
            subscribed: ["tickers.ETHUSDT", "orderbook.50.BTCUSDT"]
        ),
        Case(
            request: #"{"op":"subscribe","args":["kline.M.BTCUSDT"]}"#,
            success: true,
            message: "",
            subscribed: ["kline.M.BTCUSDT"]
        ),
        Case(
            request: #"{"req_id":7,"op":"subscribe","args":["allLiquidation.BTCUSDT"],"stray":{"key":[1]}}"#,
            success: true,
            message: "",
            requestID: "7",
            subscribed: ["allLiquidation.BTCUSDT"]
        ),
        refused("orderbook.50.NOPEUSDT"),
        refused("orderbook.500.BTCUSDT"),
        refused("orderbook.050.BTCUSDT"),
        refused("orderbook.BTCUSDT"),
        refused("kline.7.BTCUSDT"),
        refused("kline.d.BTCUSDT"),
        refused("Tickers.BTCUSDT"),
        refused("tickers.btcusdt"),
        refused("tickers.BTCUSDT."),
        refused("tickers."),
        refused("liquidation.BTCUSDT"),
        refused(""),
        Case(
            request: #"{"op":"subscribe","args":["publicTrade.BTCUSDT","tickers.NOPE"]}"#,
            success: false,
            message: "error:handler not found,topic:tickers.NOPE"
        ),
        Case(
            request: #"{"req_id":"d","op":"subscribe","args":["publicTrade.BTCUSDT","tickers.BTCUSDT"]}"#,
            success: false,
            message: "error:already subscribed,topic:tickers.BTCUSDT",
            requestID: "d"
        ),
        Case(
            request: #"{"op":"subscribe","args":["publicTrade.BTCUSDT","publicTrade.BTCUSDT"]}"#,
            success: false,
            message: "error:already subscribed,topic:publicTrade.BTCUSDT"
        ),
        Case(request: #"{"op":"ping"}"#, success: true, message: "pong", operation: "ping"),
        Case(
            request: #" {"req_id":"p1","op":"ping"}"#,
            success: true,
            message: "pong",
            requestID: "p1",
            operation: "ping"
        ),
        Case(request: #"{"op":"pong"}"#, success: false, message: "error:invalid op", operation: "pong"),
        Case(request: #"{"args":[]}"#, success: false, message: "error:invalid op", operation: ""),
        Case(request: "null", success: false, message: "error:invalid op", operation: ""),
        Case(
            request: "hello",
            success: false,
            message: "Failed to decode incoming data:readObjectStart: expect { or n, but found h, error found in #1 "
                + "byte of ...|hello|..., bigger context ...|hello|...",
            operation: ""
        ),
    ]

    private static func refused(_ topic: String) -> Case {
        Case(
            request: #"{"req_id":"e1","op":"subscribe","args":["\#(topic)"]}"#,
            success: false,
            message: "error:handler not found,topic:\(topic)",
            requestID: "e1"
        )
    }

    private let feed = MarketFeed(catalogue: InstrumentCatalogue(count: 20), rate: 10, seed: 1)
    private let interpreter = RequestInterpreter(connectionID: "c0")

    @Test(arguments: cases)
    func answers(_ example: Case) {
        let outcome = interpreter.interpret(
            example.request,
            isKnown: feed.isKnown,
            isSubscribed: { $0 == "tickers.BTCUSDT" }
        )
        #expect(String(buffer: outcome.reply.json) == example.reply)
        #expect(outcome.subscribe == example.subscribed)
        #expect(outcome.unsubscribe.isEmpty)
    }

    @Test
    func unsubscribesWhatIsSubscribedAndAcknowledgesTheRest() {
        let outcome = interpreter.interpret(
            #"{"req_id":"u","op":"unsubscribe","args":["tickers.BTCUSDT","tickers.ETHUSDT"]}"#,
            isKnown: feed.isKnown,
            isSubscribed: { $0 == "tickers.BTCUSDT" }
        )
        #expect(outcome.reply.success)
        #expect(outcome.reply.operation == "unsubscribe")
        #expect(outcome.unsubscribe == ["tickers.BTCUSDT"])
    }

    /// Each topic takes its length with its quotes and comma.
    @Test(arguments: [(21_000 - 18, true), (21_000 - 17, false), (21_000, false)])
    func refusesWhatIsMoreThanAConnectionCarries(used: Int, isTaken: Bool) {
        let outcome = interpreter.interpret(
            #"{"op":"subscribe","args":["tickers.BTCUSDT"]}"#,
            used: used,
            isKnown: { _ in true },
            isSubscribed: { _ in false }
        )
        #expect(outcome.reply.success == isTaken)
        #expect(outcome.reply.message == (isTaken ? "" : "error:args length exceeds 21000"))
        #expect(outcome.subscribe.isEmpty == !isTaken)
    }

    @Test(arguments: [#"{"op":"subscribe","args":[1]}"#, #"{"op":"subs"#, #"{"op":7}"#, "", "[]", "{}}"])
    func refusesWhatIsNoRequest(_ text: String) {
        let outcome = interpreter.interpret(text, isKnown: { _ in true }, isSubscribed: { _ in false })
        #expect(!outcome.reply.success)
        #expect(outcome.reply.message.hasPrefix("Failed to decode incoming data:"))
        #expect(JSON.object(String(buffer: outcome.reply.json)).text("ret_msg") == outcome.reply.message)
    }

    @Test
    func connectionNamesLookLikeTheExchanges() {
        var generator = SplitMix64(seed: 5)
        let names = (0..<100).map { _ in ConnectionID.make(seconds: 1_790_757_082, using: &generator) }
        #expect(Set(names).count == 100)
        for name in names {
            #expect(name.wholeMatch(of: /[0-9a-v]{20}-[0-9a-z]{5}/) != nil, "\(name)")
        }
    }
}
