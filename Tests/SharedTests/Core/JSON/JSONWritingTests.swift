import Foundation
import NIOCore
import Testing

@testable import Core

@Suite("What is written is JSON that says exactly what was meant")
struct JSONWritingTests {
    private func parsed(_ buffer: ByteBuffer) throws -> NSDictionary {
        let object = try JSONSerialization.jsonObject(with: Data(buffer.readableBytesView), options: .fragmentsAllowed)
        return try #require(object as? NSDictionary)
    }

    @Test func everyASCIICharacterComesBack() throws {
        for value in UInt8(0)..<128 {
            let text = "a\(Character(UnicodeScalar(value)))b"
            let buffer = JSONWriter.object { $0.string("k", text) }
            #expect(try parsed(buffer) == ["k": text] as NSDictionary, "character \(value)")
        }
    }

    @Test(arguments: ["", "é😀\u{2028}", "\"\\\u{1F}\u{7F}", "\r\n\t\u{8}\u{C}", "a\u{0}b"])
    func textsComeBackThroughFoundationAndThroughTheCursor(_ text: String) throws {
        let buffer = JSONWriter.object { $0.string(text, text) }
        #expect(try parsed(buffer) == [text: text] as NSDictionary)
        let values = try JSONReading.read(Array(buffer.readableBytesView)) { cursor in
            var values: [String?] = []
            try cursor.object { (key, cursor) throws(JSONError) in
                values += [key.decoded, try cursor.string().decoded]
            }
            return values
        }
        #expect(values == [text, text])
    }

    @Test(
        arguments: [
            0, 1, -1, 9, 10, -10, 99, 100, -100, 101, 1009, 12_340, 1_790_757_082_283, .max, .min,
        ] as [Int64]
    )
    func decimal(_ value: Int64) {
        var json = JSONWriter()
        json.decimal(value)
        let written = String(buffer: json.finish())
        #expect(written == "\(value)")
    }

    @Test(
        arguments: [
            (0, "0.000"), (1, "0.001"), (-1, "-0.001"), (10, "0.010"), (99, "0.099"), (100, "0.100"), (999, "0.999"),
            (1000, "1.000"), (-12_045, "-12.045"), (1_704_063_600_012_007, "1704063600012.007"),
            (.max, "9223372036854775.807"), (.min, "-9223372036854775.808"),
        ] as [(Int64, String)]
    )
    func thousandthsHaveThreeDecimals(_ value: Int64, _ text: String) {
        var json = JSONWriter()
        json.thousandths(value)
        let written = String(buffer: json.finish())
        #expect(written == text)
    }

    @Test func decimalsOfTheOtherWidths() {
        var json = JSONWriter()
        json.decimal(UInt64.max)
        json.raw(" ")
        json.decimal(Int8.min)
        json.raw(" ")
        json.decimal(UInt8.max)
        let written = String(buffer: json.finish())
        #expect(written == "18446744073709551615 -128 255")
    }

    @Test func anObjectKeepsTheOrderOfTheCalls() {
        let written = JSONWriter.object { writer in
            let isEmpty = writer.isEmpty
            #expect(isEmpty)
            writer.string("s", "x")
            writer.integer("i", -5)
            writer.bool("t", true)
            writer.bool("f", false)
            writer.strings("a", ["x", "y"])
            writer.raw("r", "[1]")
            writer.object("o") { $0.integer("n", 1) }
            writer.object("e") { _ in }
            writer.array("l", [1, 2]) { $0.integer("v", $1) }
            writer.array("z", nil as [Int]?) { _, _ in }
            writer.positions([("ticker.BTCUSDT", Position(epoch: 7, sequence: 5))])
            let isStillEmpty = writer.isEmpty
            #expect(!isStillEmpty)
        }
        let expected =
            #"{"s":"x","i":-5,"t":true,"f":false,"a":["x","y"],"r":[1],"o":{"n":1},"e":{},"#
            + #""l":[{"v":1},{"v":2}],"z":null,"positions":{"ticker.BTCUSDT":{"epoch":7,"sequence":5}}}"#
        #expect(String(buffer: written) == expected)
    }

    @Test func anObjectWithNothingInItIsEmpty() {
        #expect(String(buffer: JSONWriter.object { _ in }) == "{}")
    }

    @Test func piecesFollowOneAnother() {
        var json = JSONWriter()
        json.raw("seq:")
        json.decimal(UInt64.max)
        json.raw(text: " größer ")
        json.decimal(Int64.min)
        json.decimal(Int64(0))
        json.raw(ByteBuffer())
        json.raw("")
        json.raw(ByteBuffer(string: "."))
        let written = String(buffer: json.finish())
        #expect(written == "seq:18446744073709551615 größer -92233720368547758080.")
    }

    @Test(arguments: [0, 1, 64, 300])
    func itGrowsWhereTheRoomIsTooSmallAndKeepsWhatItHas(_ capacity: Int) {
        var json = JSONWriter(capacity: capacity, behind: 10)
        var expected = ""
        for number in 0..<200 {
            json.raw(text: "piece \(number),")
            json.byte(UInt8(ascii: " "))
            expected += "piece \(number), "
        }
        let count = json.count
        #expect(count == expected.utf8.count)
        var buffer = json.finish()
        #expect(buffer.readerIndex == 10 && String(buffer: buffer) == expected)
        buffer.moveReaderIndex(to: 0)
        #expect(buffer.readableBytes == 10 + expected.utf8.count)
    }

    @Test func itStartsAnewAndTakesBackWithoutTouchingWhatWasCopied() {
        var json = JSONWriter(capacity: 0)
        let nothing = json.makeBuffer()
        #expect(nothing.readableBytes == 0)
        json.raw("[1,2")
        let first = json.makeBuffer()
        json.truncate(to: 2)
        json.truncate(to: 9)
        json.raw("]")
        let second = json.makeBuffer()
        #expect(String(buffer: first) == "[1,2" && String(buffer: second) == "[1]")
        json.removeAll()
        json.raw("{}")
        let third = json.withBytes { String(decoding: $0, as: UTF8.self) }
        #expect(third == "{}")
        #expect(String(buffer: first) == "[1,2")
    }

    @Test func valuesStandInArraysWithoutKeys() {
        var json = JSONWriter()
        json.array([1, 2]) { json, number in json.array([number]) { $0.decimal($1) } }
        json.array([] as [Int]) { $0.decimal($1) }
        json.bool(true)
        let written = String(buffer: json.finish())
        #expect(written == "[[1],[2]][]true")
    }
}
