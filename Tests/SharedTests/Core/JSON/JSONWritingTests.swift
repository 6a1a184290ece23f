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
            var buffer = ByteBuffer(string: #"{"k":"#)
            buffer.writeJSONString(text)
            buffer.writeString("}")
            #expect(try parsed(buffer) == ["k": text] as NSDictionary, "character \(value)")
        }
    }

    @Test(arguments: ["", "é😀\u{2028}", "\"\\\u{1F}\u{7F}", "\r\n\t\u{8}\u{C}", "a\u{0}b"])
    func textsComeBackThroughFoundationAndThroughTheCursor(_ text: String) throws {
        var writer = JSONObjectWriter()
        writer.string(text, text)
        let buffer = writer.finish()
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

    @Test(arguments: [0, 1, -1, 9, 10, -10, 1_790_757_082_283, .max, .min] as [Int64])
    func decimal(_ value: Int64) {
        var buffer = ByteBuffer()
        buffer.writeDecimal(value)
        #expect(String(buffer: buffer) == "\(value)")
    }

    @Test func decimalsOfTheOtherWidths() {
        var buffer = ByteBuffer()
        buffer.writeDecimal(UInt64.max)
        buffer.writeString(" ")
        buffer.writeDecimal(Int8.min)
        buffer.writeString(" ")
        buffer.writeDecimal(UInt8.max)
        #expect(String(buffer: buffer) == "18446744073709551615 -128 255")
    }

    @Test func anObjectKeepsTheOrderOfTheCalls() {
        var writer = JSONObjectWriter()
        #expect(writer.isEmpty)
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
        #expect(!writer.isEmpty)
        let expected =
            #"{"s":"x","i":-5,"t":true,"f":false,"a":["x","y"],"r":[1],"o":{"n":1},"e":{},"#
            + #""l":[{"v":1},{"v":2}],"z":null,"positions":{"ticker.BTCUSDT":{"epoch":7,"sequence":5}}}"#
        #expect(String(buffer: writer.finish()) == expected)
    }

    @Test func anObjectWithNothingInItIsEmpty() {
        #expect(String(buffer: JSONObjectWriter().finish()) == "{}")
    }
}
