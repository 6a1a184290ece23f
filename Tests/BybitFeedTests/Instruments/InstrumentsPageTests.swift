import NIOCore
import Testing

@testable import BybitFeed

@Suite("A page of the exchange's instruments is read, or refused in words")
struct InstrumentsPageTests {
    @Test func whatCanBeSubscribedCountsAndWhatIsClosedDoesNot() throws {
        let page = try InstrumentsPage(
            ByteBuffer(
                string: #"{"retCode":0,"retMsg":"OK","result":{"category":"linear","list":["#
                    + #"{"symbol":"BTCUSDT","status":"Trading","priceFilter":{"tickSize":"0.10"}},"#
                    + #"{"status":"PreLaunch","symbol":"NEWUSDT"},{"symbol":"OLDUSDT","status":"Closed"},"#
                    + #"{"symbol":"ENDUSDT","status":"Delivering"},{"symbol":"BAREUSDT"}],"#
                    + #""nextPageCursor":"first%3DA%26last%3DB"},"retExtInfo":{},"time":1}"#
            )
        )
        #expect(page.symbols == ["BTCUSDT", "NEWUSDT", "ENDUSDT", "BAREUSDT"])
        #expect(page.cursor == "first%3DA%26last%3DB")
    }

    @Test(arguments: ["[]", "null"])
    func aStatusThatNoContractHasIsAnEmptyPage(list: String) throws {
        let text = #"{"retCode":0,"retMsg":"OK","result":{"category":"linear","list":\#(list),"nextPageCursor":""}}"#
        #expect(try InstrumentsPage(ByteBuffer(string: text)).symbols.isEmpty)
    }

    @Test(arguments: [
        (
            #"{"retCode":10006,"retMsg":"Too many visits!","result":{}}"#,
            "it answers with error 10006 (Too many visits!)"
        ),
        (#"{"retCode":0,"retMsg":"OK","result":{}}"#, "its answer can't be read: it lacks result.list"),
        (#"{"retCode":0,"result":null}"#, "its answer can't be read: it lacks result.list"),
        (#"{"result":{"list":[]}}"#, "its answer can't be read: it lacks retCode"),
    ])
    func whatIsNoPageIsRefusedInWords(text: String, words: String) {
        let error = #expect(throws: BybitREST.Failure.self) { try InstrumentsPage(ByteBuffer(string: text)) }
        #expect(error?.description == words)
    }

    @Test(arguments: ["", "<html>", "[]", #"{"retCode":0,"result":{"list":[{"symbol":5}]}}"#, #"{"retCode":0"#])
    func whatCanNotBeReadIsRefused(text: String) {
        #expect(throws: BybitREST.Failure.self) { try InstrumentsPage(ByteBuffer(string: text)) }
    }
}
