import Core
import Testing

@testable import EdgeNode

/// Streams that one resume names more than once.
@Suite struct RepeatedStreamTests {
    private func check(_ expected: ClientRequestCase) {
        let read = expected.read()
        #expect(read.outcome == expected.outcome)
        #expect(read.dialect == expected.dialect)
        #expect(read.id == expected.id)
    }

    @Test(arguments: [
        // A position of its own wins over lastSequence; the list keeps its spelling and rate.
        ClientRequestCase(
            #"{"op":"resume","args":[{"stream":"ticker:BTCUSDT","maxRate":2},"trade:BTCUSDT"],"lastSequence":3,"positions":{"ticker.BTCUSDT":{"epoch":7,"sequence":5}}}"#,
            .op,
            .resume(["ticker.BTCUSDT=ticker:BTCUSDT@2.0#7:5", "trade.BTCUSDT=trade:BTCUSDT#3"])
        ),
        ClientRequestCase(
            #"{"positions":{"ticker.BTCUSDT":{"epoch":7,"sequence":5}},"op":"resume","lastSequence":3,"args":["ticker:BTCUSDT"]}"#,
            .op,
            .resume(["ticker.BTCUSDT=ticker:BTCUSDT#7:5"])
        ),
        // Of two spellings the last one.
        ClientRequestCase(
            #"{"op":"resume","args":["ticker:BTCUSDT","trade:BTCUSDT","tickers.BTCUSDT"],"lastSequence":3}"#,
            .op,
            .resume(["ticker.BTCUSDT=tickers.BTCUSDT#3", "trade.BTCUSDT=trade:BTCUSDT#3"])
        ),
        ClientRequestCase(
            #"{"op":"resume","positions":{"ticker:BTCUSDT":{"epoch":7,"sequence":5},"ticker.BTCUSDT":{"sequence":6}}}"#,
            .op,
            .resume(["ticker.BTCUSDT=ticker.BTCUSDT#6"])
        ),
        // Names that are none are told to the client one by one.
        ClientRequestCase(
            #"{"op":"resume","args":["x","x"],"positions":{"x":{"sequence":6}}}"#,
            .op,
            .resume(["!Invalid stream format: x=x", "!Invalid stream format: x=x", "!Invalid stream format: x=x#6"])
        ),
        // The spelling of another dialect is none.
        ClientRequestCase(
            #"{"op":"resume","positions":{"ticker.btc_usdt":{"sequence":6}}}"#,
            .op,
            .resume([
                "!Invalid symbol: btc_usdt. Expected upper-case letters and digits, like BTCUSDT=ticker.btc_usdt#6"
            ])
        ),
        // Of keys that stand twice the last, also where the first made no sense.
        ClientRequestCase(
            #"{"op":"resume","positions":7,"positions":{"ticker:BTCUSDT":{"sequence":6}},"token":7,"token":"T"}"#,
            .op,
            .resume(["ticker.BTCUSDT=ticker:BTCUSDT#6", "!T"])
        ),
        ClientRequestCase(
            #"{"op":"resume","args":["ticker:BTCUSDT"],"lastSequence":"x","lastSequence":null,"token":7,"token":null,"positions":7,"positions":null}"#,
            .op,
            .resume(["ticker.BTCUSDT=ticker:BTCUSDT"])
        ),
        ClientRequestCase(
            #"{"op":"resume","args":["ticker:BTCUSDT"],"lastSequence":"x","lastSequence":6}"#,
            .op,
            .resume(["ticker.BTCUSDT=ticker:BTCUSDT#6"])
        ),
    ])
    func eachStreamIsWantedOnce(_ expected: ClientRequestCase) { check(expected) }
}
