import Core
import NIOCore
import Testing

@testable import Stores

@Suite("A list of instruments goes over a broker in bounded parts, and counts only as a whole")
struct InstrumentMessageTests {
    private let list = InstrumentList(Set((0..<20_000).map { "SYMBOL\($0)USDT" }))

    @Test(arguments: WireVersion.allCases)
    func theLongestIsCutAndPutTogether(version: WireVersion) throws {
        let list = try #require(list)
        let messages = InstrumentMessage.encode(list, epoch: 7, as: version)
        #expect(messages.count > 1 && messages.count <= InstrumentMessage.maximumParts)
        #expect(messages.allSatisfy { $0.readableBytes <= InstrumentMessage.maximumLength })
        #expect(try messages.allSatisfy { try InstrumentMessage($0).epoch == 7 })
        var assembly = InstrumentAssembly()
        let parts = try messages.shuffled().map { assembly.take(try InstrumentMessage($0)) }
        #expect(parts.dropLast().allSatisfy { $0 == nil })
        #expect(parts.last == list)
    }

    @Test func longNamesNeedNoMorePartsThanThereMayBe() throws {
        let names = (0..<20_000).map { String(repeating: "X", count: 59) + String("0000\($0)".suffix(5)) }
        let list = try #require(InstrumentList(Set(names)))
        #expect(InstrumentMessage.encode(list, epoch: .max >> 1).count <= InstrumentMessage.maximumParts)
    }

    @Test func ofTwoListsNoneIsMadeOfBoth() throws {
        let first = try #require(InstrumentList(Set((0..<10_000).map { "A\($0)" })))
        let second = try #require(InstrumentList(Set((0..<10_000).map { "B\($0)" })))
        let parts = try [first, second].map {
            try InstrumentMessage.encode($0, epoch: 1).map { try InstrumentMessage($0) }
        }
        var assembly = InstrumentAssembly()
        #expect(assembly.take(parts[0][0]) == nil)
        for part in parts[1].dropLast() { #expect(assembly.take(part) == nil) }
        #expect(try assembly.take(#require(parts[1].last)) == second)
    }

    @Test func whatDoesNotHaveItsChecksumIsNoList() throws {
        let text = #"{"version":1,"epoch":1,"checksum":"0000000000000001","part":0,"parts":1,"symbols":["BTCUSDT"]}"#
        var assembly = InstrumentAssembly()
        #expect(assembly.take(try InstrumentMessage(ByteBuffer(string: text))) == nil)
    }

    @Test(arguments: [
        ("{}", "it lacks its field 'version'"),
        (#"{"version":3}"#, "it is of version 3; this release reads versions 1 and 2"),
        (#"{"version":1,"checksum":"0000000000000001"}"#, "it lacks its field 'epoch'"),
        (#"{"version":1,"epoch":0}"#, "it is of epoch 0; an epoch is from 1 to 9223372036854775807"),
        (#"{"version":1,"epoch":1,"checksum":"1"}"#, "it lacks its field 'checksum'"),
        (
            #"{"version":1,"epoch":1,"checksum":"0000000000000001","part":2,"parts":2,"symbols":[]}"#,
            "it says that it is part 2, counted from 0, of 2; a list has 1 to 64 parts"
        ),
        (#"{"version":1,"epoch":1,"checksum":"0000000000000001","part":0,"parts":1}"#, "it lacks its field 'symbols'"),
    ])
    func whatIsNoneIsRefusedInWords(text: String, words: String) {
        let error = #expect(throws: InstrumentMessage.Failure.self) { try InstrumentMessage(ByteBuffer(string: text)) }
        #expect(error?.description == words)
    }

    @Test(arguments: InstrumentWant.allCases)
    func aWantIsRead(want: InstrumentWant) {
        #expect(InstrumentWant(want.encoded()) == want && InstrumentWant(want.encoded(as: .two)) == want)
    }

    @Test(arguments: ["", "{}", #"{"version":3,"want":"list"}"#, #"{"version":1,"want":"gold"}"#, #"{"want":"list"}"#])
    func anotherWantIsNone(text: String) {
        #expect(InstrumentWant(ByteBuffer(string: text)) == nil)
    }
}
