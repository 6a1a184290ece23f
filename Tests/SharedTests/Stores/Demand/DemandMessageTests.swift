import NIOCore
import TestSupport
import Testing

@testable import Core
@testable import Stores

@Suite("Messages on the demand channel are read exactly, or refused in words")
struct DemandMessageTests {
    private static func failure(_ text: String) -> DemandMessageError? {
        do throws(DemandMessageError) {
            _ = try DemandMessage(ByteBuffer(string: text))
            return nil
        } catch {
            return error
        }
    }

    private static func text(_ changes: [String: String] = [:]) -> String {
        var fields = [
            "version": "1", "node": #""n""#, "number": "7", "part": "0", "parts": "1", "change": #""all""#,
            "streams": #"["ticker.X"]"#,
        ]
        for (key, value) in changes { fields[key] = value.isEmpty ? nil : value }
        return "{" + fields.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
    }

    @Test(arguments: [(.one, "1"), (.two, "2")] as [(WireVersion, String)])
    func theWireFormIsTheDocumentedOne(_ version: WireVersion, _ number: String) throws {
        let announcement = DemandAnnouncement(node: "n", change: .add([StreamName(checked: "depth.50.X")]))
        let messages = DemandMessage.encode(announcement, as: version) { 7 }
        #expect(
            messages.map { String(buffer: $0) } == [
                #"{"version":\#(number),"node":"n","number":7,"part":0,"parts":1,"change":"add","#
                    + #""streams":["depth.50.X"]}"#
            ]
        )
        #expect(try DemandMessage(messages[0]).streams == [StreamName(checked: "depth.50.X")])
    }

    @Test func aVersionThatIsNotReadIsToldWithThoseThatAre() {
        #expect(
            DemandMessageError.unknownVersion(3).description
                .contains("it is of version 3; this release reads versions 1 and 2")
        )
    }

    @Test func aLongAdditionBecomesSeveralAnnouncementsOfTheirOwn() throws {
        let names = Set((0..<10_000).map { StreamName(checked: "ticker.A\($0)") })
        var number: Int64 = 0
        let messages = try DemandMessage.encode(DemandAnnouncement(node: "n", change: .add(names))) {
            number += 1
            return number
        }.map { try DemandMessage($0) }
        #expect(messages.count > 1 && messages.allSatisfy { $0.parts == 1 && $0.part == 0 && $0.verb == .add })
        #expect(messages.map(\.number) == (1...messages.count).map(Int64.init))
        #expect(messages.reduce(into: []) { $0.formUnion($1.streams) } == names)
    }

    @Test func moreThanANodeCanWantIsCutInTheOrderOfNames() throws {
        let many = (0...DemandAnnouncement.maximumStreams).map { StreamName(checked: "ticker.A\($0 + 1_000_000)") }
        let parts = try DemandMessage.encode(DemandAnnouncement(node: "n", change: .all(Set(many)))) { 1 }
            .map { try DemandMessage($0) }
        #expect(parts.reduce(into: []) { $0.formUnion($1.streams) } == Set(many.dropLast()))
    }

    @Test func theLongestNamesFitInThePartsThatThereAre() {
        let names = (0..<DemandAnnouncement.maximumStreams).map { number in
            let digits = "\(number)"
            return StreamName(
                checked: "orders." + String(repeating: "x", count: StreamName.maximumLength - 7 - digits.count) + digits
            )
        }
        let node = String(repeating: "\u{1}", count: DemandMessage.maximumNodeLength)
        let messages = DemandMessage.encode(DemandAnnouncement(node: node, change: .all(Set(names)))) { .max }
        #expect(messages.count <= DemandMessage.maximumParts)
        #expect(messages.allSatisfy { $0.readableBytes <= DemandMessage.maximumLength })
    }

    @Test func namesOfALaterReleaseCostOnlyThemselves() throws {
        let text = Self.text(["streams": #"["funding/X","ticker.X","ticker.*","\ud800"]"#, "later": "[1]"])
        let message = try DemandMessage(ByteBuffer(string: text))
        #expect(message.streams == [StreamName(checked: "ticker.X")])
        #expect(message.unreadableNames == 3)
    }

    @Test(
        arguments: [
            (["version": "3", "node": ""], .unknownVersion(3)), (["version": ""], .missing("version")),
            (["node": ""], .missing("node")), (["number": ""], .missing("number")), (["part": ""], .missing("part")),
            (["parts": ""], .missing("parts")), (["change": ""], .missing("change")),
            (["streams": ""], .missing("streams")), (["change": #""some""#], .unknownVerb),
            (["node": #""""#], .badNode(length: 0)), (["part": "1"], .badPart(1, of: 1)),
            (["part": "-1"], .badPart(-1, of: 1)), (["parts": "0"], .badPart(0, of: 0)),
            (["parts": "257"], .badPart(0, of: 257)),
        ] as [([String: String], DemandMessageError)]
    )
    func aMessage(with changes: [String: String], isRefusedWith failure: DemandMessageError) {
        #expect(Self.failure(Self.text()) == nil)
        #expect(Self.failure(Self.text(changes)) == failure)
    }

    @Test(arguments: [
        "", "x", "[]", #"{"version":"1"}"#, text(["number": "1.5"]), text(["streams": #"["ticker.X",1]"#]),
        text(["streams": "null"]), text(["node": "5"]), text(["node": #""\ud800""#]), text() + "x",
    ])
    func whatIsNoMessageIsMalformed(_ text: String) {
        guard case .malformed = Self.failure(text) else {
            Issue.record("\(text) gave \(Self.failure(text).map { "\($0)" } ?? "a message")")
            return
        }
    }

    @Test func aLongOneIsNotRead() {
        let text = Self.text() + String(repeating: " ", count: DemandMessage.maximumLength)
        #expect(Self.failure(text) == .tooLong(text.utf8.count))
    }

    @Test func bytesThatWereChangedNeverCrash() {
        var generator = SeededGenerator(seed: 12)
        for _ in 0..<5000 {
            var bytes = Array(Self.text().utf8)
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: bytes.indices, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            guard let message = try? DemandMessage(ByteBuffer(bytes: bytes)) else { continue }
            #expect(message.streams.count <= 1 && (1...DemandMessage.maximumParts).contains(message.parts))
        }
    }

    @Test func ranksGoWithTheirStreamsTheLowestFirstAndOnlyWhereThereAreAny() throws {
        let streams = (0..<3).map { StreamName(checked: "ticker.A\($0)") }
        let ranks = [streams[0]: 7, streams[2]: 2_000_000, StreamName(checked: "ticker.STRANGER"): 1]
        let announcement = DemandAnnouncement(node: "n", change: .add(Set(streams)), ranks: ranks)
        let messages = DemandMessage.encode(announcement) { 7 }
        #expect(
            messages.map { String(buffer: $0) }.first?.hasSuffix(
                #""streams":["ticker.A1","ticker.A0","ticker.A2"],"ranks":[0,7,1000000]}"#
            ) == true
        )
        let message = try DemandMessage(messages[0])
        #expect(message.streams == Set(streams) && message.ranks == [streams[0]: 7, streams[2]: 1_000_000])
    }

    @Test(
        arguments: [
            ("[5]", ["X": 5]), ("[0,-3]", [:]), ("[9223372036854775807,2,3]", ["X": 1_000_000, "Z": 3]), ("[]", [:]),
        ] as [(String, [String: Int])]
    )
    func foreignRanksHarmNothing(ranks: String, expected: [String: Int]) throws {
        let text = Self.text(["streams": #"["ticker.X","unknown/Y","ticker.Z"]"#, "ranks": ranks])
        let message = try DemandMessage(ByteBuffer(string: text))
        #expect(message.streams.count == 2)
        #expect(
            message.ranks
                == Dictionary(uniqueKeysWithValues: expected.map { (StreamName(checked: "ticker.\($0)"), $1) })
        )
    }

    @Test func ranksOfAllPartsAreCollected() throws {
        let names = (0..<10_000).map { StreamName(checked: "ticker.A\($0)") }
        let ranks = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0 + 1) })
        let announcement = DemandAnnouncement(node: "n", change: .all(Set(names)), ranks: ranks)
        var assembly = DemandAssembly()
        var read: DemandAnnouncement?
        for message in DemandMessage.encode(announcement, number: { 7 }) {
            #expect(message.readableBytes <= DemandMessage.maximumLength)
            read = assembly.take(try DemandMessage(message), at: .now())
        }
        #expect(read == announcement)
    }
}
