import Core
import Foundation
import TestSupport
import Testing

@Suite("The cursor and Foundation agree on what is JSON")
struct JSONCursorPropertyTests {
    private static let seeds = [
        #"{"topic":"tickers.BTCUSDT","type":"delta","data":{"symbol":"BTCUSDT","markPrice":"83024.60"},"cs":81,"ts":1790}"#,
        #"[true,false,null,0,-1,2.5,1e3,"","a\n\"\\\/b",{},[]]"#,
        #"{"op":"subscribe","args":["ticker:BTCUSDT",{"stream":"x","maxRate":2}],"id":7}"#,
        #" [ [ 1 , 2 ] , { "a" : { "b" : [ ] } } ] "#,
    ]
    private static let alphabet = Array(#"{}[]":,\/ 0123456789.-+eEtrufalsnbx"#.utf8) + [0x0A, 0x09, 0x01]

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func mutatedTexts(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var accepted = 0
        for _ in 0..<2_500 {
            guard var text = Self.seeds.randomElement(using: &generator).map({ Array($0.utf8) }) else { continue }
            for _ in 0..<Int.random(in: 1...3, using: &generator) { Self.mutate(&text, using: &generator) }
            guard Self.isDefinedForBoth(text) else { continue }
            let isAccepted = JSONReading.refusal(of: text) == nil
            if isAccepted { accepted += 1 }
            #expect(isAccepted == Self.foundationAccepts(text), "\(String(decoding: text, as: UTF8.self))")
        }
        #expect(accepted > 100, "the mutations leave too little JSON to compare")
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func randomBytesNeverCrash(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<5_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                Bool.random(using: &generator)
                    ? Self.alphabet[Int.random(in: 0..<Self.alphabet.count, using: &generator)]
                    : UInt8.random(in: 0...255, using: &generator)
            }
            _ = JSONReading.refusal(of: bytes)
            _ = try? JSONReading.read(bytes) { try $0.string().decoded }
            _ = try? JSONReading.read(bytes) { try $0.decimalString() }
            _ = try? JSONReading.read(bytes) { try $0.decimal().text }
            _ = try? JSONReading.read(bytes) { try $0.word().text }
            _ = try? JSONReading.read(bytes) { try $0.milliseconds() }
            _ = try? JSONReading.read(bytes) { try $0.integer() }
        }
    }

    private static func mutate(_ text: inout [UInt8], using generator: inout SeededGenerator) {
        let byte = alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: text.insert(byte, at: Int.random(in: 0...text.count, using: &generator))
        case 1 where !text.isEmpty: text.remove(at: Int.random(in: 0..<text.count, using: &generator))
        case 2 where !text.isEmpty: text[Int.random(in: 0..<text.count, using: &generator)] = byte
        case 3 where text.count > 1:
            text.swapAt(
                Int.random(in: 0..<text.count, using: &generator),
                Int.random(in: 0..<text.count, using: &generator)
            )
        default: break
        }
    }

    /// Numbers beyond a double's range and halves of surrogate pairs are left to the implementation by the RFC; a comma
    /// before a closing bracket, which the RFC refuses, is let through by Foundation.
    private static func isDefinedForBoth(_ text: [UInt8]) -> Bool {
        let text = String(decoding: text, as: UTF8.self)
        return text.firstMatch(of: /[eE][+-]?[0-9]{3}/) == nil && text.firstMatch(of: /,\s*[\]}]/) == nil
            && !text.contains("\\u")
    }

    private static func foundationAccepts(_ text: [UInt8]) -> Bool {
        (try? JSONSerialization.jsonObject(with: Data(text), options: .fragmentsAllowed)) != nil
    }
}
