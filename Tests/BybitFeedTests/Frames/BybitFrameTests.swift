import Core
import FeedKit
import NIOCore
import Testing

@testable import BybitFeed

@Suite("A frame of the exchange is told apart by its keys")
struct BybitFrameTests {
    enum Shape: Equatable {
        case data(topic: String, isSnapshot: Bool, timestamp: Int64?, data: String)
        case acknowledgement(success: Bool, message: String, requestID: String)
        case pong
    }

    private func shape(of text: String) throws -> Shape {
        try ByteBuffer(string: text).withUnsafeReadableBytes { bytes in
            switch try BybitFrame(bytes) {
            case .pong: return .pong
            case .acknowledgement(let answer):
                return .acknowledgement(success: answer.success, message: answer.message, requestID: answer.requestID)
            case .data(let frame):
                return .data(
                    topic: frame.topic,
                    isSnapshot: frame.isSnapshot,
                    timestamp: frame.timestamp,
                    data: String(decoding: frame.data.bytes, as: UTF8.self)
                )
            }
        }
    }

    @Test func theOrderOfTheKeysPlaysNoPart() throws {
        let members = [
            #""topic":"orderbook.1.BTCUSDT""#, #""type":"delta""#, #""ts":1790134712130"#,
            #""data":{"topic":"x","type":"snapshot"}"#,
            #""cts":1"#,
        ]
        let expected = Shape.data(
            topic: "orderbook.1.BTCUSDT",
            isSnapshot: false,
            timestamp: 1_790_134_712_130,
            data: #"{"topic":"x","type":"snapshot"}"#
        )
        for shift in members.indices {
            let turned = members[shift...] + members[..<shift]
            #expect(try shape(of: "{\(turned.joined(separator: ","))}") == expected)
            #expect(try shape(of: "{\(turned.reversed().joined(separator: " ,\n"))}") == expected)
        }
    }

    @Test(
        arguments: [
            (
                #"{"success":true,"ret_msg":"","conn_id":"da7tp","req_id":"md0","op":"subscribe"}"#,
                .acknowledgement(success: true, message: "", requestID: "md0")
            ),
            (
                #"{"success":true,"ret_msg":"subscribe","conn_id":"d9avr","op":"subscribe"}"#,
                .acknowledgement(success: true, message: "subscribe", requestID: "")
            ),
            (
                #"{"success":false,"ret_msg":"error:handler not found,topic:orderbook.50.X","conn_id":"c","req_id":"e1","op":"subscribe"}"#,
                .acknowledgement(
                    success: false,
                    message: "error:handler not found,topic:orderbook.50.X",
                    requestID: "e1"
                )
            ),
            (
                #"{"success":true,"conn_id":"c","data":{"failTopics":[],"successTopics":["tickers.X"]},"type":"COMMAND_RESP"}"#,
                .acknowledgement(success: true, message: "", requestID: "")
            ),
            (#"{"success":true,"ret_msg":"pong","conn_id":"c","req_id":"","op":"ping"}"#, .pong),
            (#"{"success":true,"ret_msg":"pong","conn_id":"c","op":"ping"}"#, .pong),
            (#"{"op":"ping","conn_id":"c","ret_msg":"pong","success":true}"#, .pong),
            (#"{"args":["1672916271846"],"op":"pong"}"#, .pong),
            (
                #"{"topic":"t","type":"snapshot","ts":1,"data":[]}"#,
                .data(topic: "t", isSnapshot: true, timestamp: 1, data: "[]")
            ),
            (
                #"{"topic":"t","ts":1,"type":"snapshot","cs":2,"data":{}}"#,
                .data(topic: "t", isSnapshot: true, timestamp: 1, data: "{}")
            ),
            (
                #"{"topic":"t","type":"snapshot","ts":"1.790757082283E12","data":{},"new":[{}]}"#,
                .data(topic: "t", isSnapshot: true, timestamp: 1_790_757_082_283, data: "{}")
            ),
            (
                #"{"topic":"t","type":"snapshot","data":{}}"#,
                .data(topic: "t", isSnapshot: true, timestamp: nil, data: "{}")
            ),
            (
                #"{"topic":"t","ts":[{"topic":"x"}],"type":"snapshot","data":{}}"#,
                .data(topic: "t", isSnapshot: true, timestamp: nil, data: "{}")
            ),
            (#"{"topic":"t","ts":1,"data":{}}"#, .data(topic: "t", isSnapshot: false, timestamp: 1, data: "{}")),
            (
                #"{"topic":"t","type":null,"ts":1,"data":{}}"#,
                .data(topic: "t", isSnapshot: false, timestamp: 1, data: "{}")
            ),
            (
                #"{"topic":"t","type":"patch","ts":1,"data":{}}"#,
                .data(topic: "t", isSnapshot: false, timestamp: 1, data: "{}")
            ),
        ] as [(String, Shape)]
    )
    func eachShape(_ text: String, is expected: Shape) throws {
        #expect(try shape(of: text) == expected)
    }

    /// The envelope finds the end of `data` by its brackets; what is between them its transform reads and checks.
    @Test(arguments: ["{,}", #"{"symbol":}"#, #"{"symbol":"BTCUSDT" "lastPrice":"1"}"#, "[1,]", #"{"a":tru}"#])
    func brokenDataIsRefusedByItsTransform(_ data: String) throws {
        let frame = ByteBuffer(string: #"{"topic":"tickers.BTCUSDT","type":"snapshot","ts":1,"data":\#(data)}"#)
        let transform = TickerTransform(symbol: "BTCUSDT")
        var messages: [FeedMessage] = []
        #expect(throws: JSONError.self) {
            try frame.withUnsafeReadableBytes { bytes in
                guard case .data(let frame) = try BybitFrame(bytes) else { return }
                _ = try transform.apply(frame, to: &messages)
            }
        }
        #expect(messages.isEmpty)
    }

    @Test(arguments: [
        "", "hello", "[]", "1", "{}", #"{"conn_id":"c"}"#, #"{"topic":"t"}"#,
        #"{"topic":"t","type":"snapshot","ts":1}"#,
        #"{"topic":7,"type":"snapshot","ts":1,"data":{}}"#, #"{"topic":"t","type":"snapshot","ts":1,"data":{}"#,
        #"{"topic":"t","type":"snapshot","ts":1,"data":{}} x"#,
        #"{"success":"true","op":"subscribe"}"#,
    ])
    func whatIsNoFrameIsRefused(_ text: String) {
        #expect(throws: JSONError.self) { try shape(of: text) }
    }

    @Test(
        arguments: [
            ("error:handler not found,topic:orderbook.50.NOPEUSDT", "orderbook.50.NOPEUSDT", false),
            ("error:already subscribed,topic:tickers.BTCUSDT", "tickers.BTCUSDT", true),
            ("Invalid symbol :[tickers.NOPE]", "tickers.NOPE", false),
            ("Invalid kline type :[kline.7.BTCUSDC]", "kline.7.BTCUSDC", false),
            ("args size >10", nil, false), ("error:invalid op", nil, false), ("", nil, false),
        ] as [(String, String?, Bool)]
    )
    func aFailure(_ message: String, names topic: String?, alreadySubscribed: Bool) {
        let answer = BybitAcknowledgement(success: false, message: message, requestID: "1")
        #expect(answer.namedTopic == topic)
        #expect(answer.saysAlreadySubscribed == alreadySubscribed)
    }

    @Test func requestsAreWhatTheExchangeReads() {
        let request = BybitRequest.topics(.unsubscribe, ["tickers.A", "kline.1.B"], id: "7")
        #expect(
            String(buffer: request.text) == #"{"req_id":"7","op":"unsubscribe","args":["tickers.A","kline.1.B"]}"#
        )
        #expect(String(buffer: BybitRequest.ping.text) == #"{"op":"ping"}"#)
    }
}
