import NIOCore
import Testing

@testable import BybitFeed

@Suite("Of a frame that can't be read its bytes tell whose it may have been")
struct UnreadableFrameTests {
    private func owner(_ text: String, isWhole: Bool = true) -> UnreadableFrame {
        ByteBuffer(string: text).withUnsafeReadableBytes { UnreadableFrame($0, isWhole: isWhole) }
    }

    @Test(arguments: [
        #"{"topic":"tickers.X","type":"delta","data":{"symbol":"X","lastPr"#, #"{"topic":"tickers.X"}"#,
        " \n{ \"topic\" :\t\"tickers.X\"", #"{"data":{"a":tru},"ts":1,"topic":"tickers.X"}"#,
        #"{"data":["topic":"tickers.X""#,
        "{\"a\":\"\u{1}\",\"topic\":\"tickers.X\"}", #"{"op":1,"topic":"tickers.X"}"#,
    ])
    func itNamesItsTopic(_ text: String) {
        #expect(owner(text) == .ofTopic("tickers.X"))
        #expect(owner(text, isWhole: false) == .ofTopic("tickers.X"))
    }

    @Test(arguments: [
        "{", #"{"to"#, #"{"topic"#, #"{"topic""#, #"{"topic":"#, #"{"topic":"tick"#, #"{"topic":7}"#, #"{"topic" 7}"#,
        #"{"type":"snapshot","da"#, #"{"ts":1,"data":[}"#, #"{,}"#,
    ])
    func itBeginsLikeDataAndNamesNone(_ text: String) {
        #expect(owner(text) == .ofAnyTopic)
    }

    @Test(arguments: [
        "", " ", "hello", "<html></html>", "[", "[]", "7", "null", "\u{FEFF}{", "{}", #"{"a":1}"#, #"{"conn_id":"c"}"#,
        #"{"success":"tru"#, #"{"op":"subscribe","#, #"{"ret_msg":"error:handler not found,topic:tickers.X"#,
        #"{"conn_id":"c"#, #"{"req_id""#,
    ])
    func itIsNoData(_ text: String) {
        #expect(owner(text) == .ofNone)
    }

    @Test(arguments: [
        (#"{"topic":"tickers.X""#, "of the topic tickers.X"), ("{", "of a topic that can't be told"),
        ("[", "of no topic"),
    ])
    func theLogSaysItInPlainWords(_ text: String, words: String) {
        #expect(owner(text).words == words)
    }

    @Test func ofALargeOneOnlyTheBeginningIsThere() {
        #expect(owner("{}", isWhole: false) == .ofAnyTopic, "more was behind it")
    }
}
