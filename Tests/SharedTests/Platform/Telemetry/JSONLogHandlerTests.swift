import Foundation
import Logging
import Testing

@testable import Platform

@Suite struct JSONLogHandlerTests {
    private let sink = CollectingSink()

    private func logger(_ provider: Logger.MetadataProvider? = nil, label: String = "ingestor") -> Logger {
        Logger(label: label) { label in
            JSONLogHandler(label: label, level: .trace, sink: sink, metadataProvider: provider) { fixedTime }
        }
    }

    @Test func oneLineWithTheKeysInOrder() {
        logger().warning("late", metadata: ["b": "2", "a": "1"])
        let line =
            #"{"ts":"2026-11-21T00:45:07.012Z","level":"warning","label":"ingestor","message":"late","a":"1","b":"2"}"#
        #expect(sink.lines == [line + "\n"])
    }

    @Test(arguments: [
        "plain", "a\"b\\c", "line\nfeed\r\ttab", "\u{0}\u{1}\u{8}\u{c}\u{1f}\u{7f}", "é 漢 🙂 \u{2028}",
        "{\"level\":\"x\"}",
    ])
    func anyTextComesBackAsItWas(_ text: String) throws {
        logger(label: text).info("\(text)", metadata: ["\(text)": "\(text)", "list": ["\(text)"]])
        let line = try #require(sink.lines.first)
        #expect(line.dropLast().allSatisfy { !$0.isNewline || $0 == "\u{2028}" })
        let object = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(object["label"] as? String == text)
        #expect(object["message"] as? String == text)
        #expect(object[text] as? String == text)
        #expect(object["list"] as? [String] == [text])
    }

    @Test func nestedMetadataAndNumbersKeepTheirForm() {
        logger().info(
            "m",
            metadata: [
                "n": .dictionary(["z": .array(["1", .stringConvertible(2)]), "a": .dictionary([:])]),
                "int": .stringConvertible(-5), "double": .stringConvertible(0.5), "bool": .stringConvertible(true),
                "nan": .stringConvertible(Double.nan), "duration": .stringConvertible(Duration.seconds(1)),
            ]
        )
        let fields =
            #""bool":true,"double":0.5,"duration":"1.0 seconds","int":-5,"n":{"a":{},"z":["1",2]},"nan":"nan"}"#
        #expect(sink.lines.first?.hasSuffix(fields + "\n") == true, "\(sink.lines)")
    }

    @Test func metadataNearerToTheCallWins() {
        var logger = logger(Logger.MetadataProvider { ["a": "provider", "b": "provider", "c": "provider"] })
        logger[metadataKey: "a"] = "logger"
        logger[metadataKey: "d"] = "logger"
        logger.info("m", metadata: ["b": "call"])
        let fields = #""message":"m","a":"provider","b":"call","c":"provider","d":"logger"}"#
        #expect(sink.lines.first?.hasSuffix(fields + "\n") == true, "\(sink.lines)")
    }

    @Test func metadataCanNotTakeThePlaceOfTheLinesOwnKeys() {
        logger().info("m", metadata: ["level": "critical", "ts": "x", "message": "y", "label": "z"])
        let fields = #""message":"m","metadata.label":"z","metadata.level":"critical","metadata.message":"y","#
        #expect(sink.lines.first?.contains(fields) == true, "\(sink.lines)")
        #expect(sink.lines.first?.contains(#""metadata.ts":"x"}"#) == true)
    }

    @Test func anErrorBecomesMetadata() {
        logger().log(level: .error, "m", error: SettingRefusal(reason: "why"))
        #expect(sink.lines.first?.contains(#""error.type":"Platform.SettingRefusal""#) == true, "\(sink.lines)")
        #expect(sink.lines.first?.contains("why") == true)
    }

    @Test func levelAndMetadataAreValues() {
        var first = logger()
        first[metadataKey: "k"] = "first"
        var second = first
        second[metadataKey: "k"] = "second"
        second.logLevel = .error
        #expect(first[metadataKey: "k"] == "first")
        #expect(first.logLevel == .trace)
        second.info("kept out")
        #expect(sink.lines.isEmpty)
    }
}
