import Logging
import Testing

@testable import Platform

@Suite struct TextLogHandlerTests {
    @Test(
        arguments: [
            ("connected", ["url": "wss://x", "attempt": "2"], "connected attempt=2 url=wss://x"),
            ("m", ["k": "two words"], #"m k="two words""#),
            ("m", ["k": ""], #"m k="""#),
            ("m", ["k": "say \"hi\""], #"m k="say \"hi\"""#),
            ("a\nERROR forged: line", [:], #"a\nERROR forged: line"#),
            ("m", ["k": "a\nb\u{1b}[31m"], #"m k=a\nb\u{1B}[31m"#),
            ("é 漢", [:], "é 漢"),
        ] as [(String, Logger.Metadata, String)]
    )
    func oneLineForPeople(message: String, metadata: Logger.Metadata, text: String) {
        let sink = CollectingSink()
        let logger = Logger(label: "ingestor") { TextLogHandler(label: $0, sink: sink) { fixedTime } }
        logger.info("\(message)", metadata: metadata)
        #expect(sink.lines == ["2026-11-21T00:45:07.012Z INFO ingestor: \(text)\n"])
    }

    @Test func carriesTheLoggersAndTheProvidersMetadata() {
        let sink = CollectingSink()
        var logger = Logger(label: "edge") { label in
            TextLogHandler(label: label, sink: sink, metadataProvider: .init { ["shard": "3"] }) { fixedTime }
        }
        logger[metadataKey: "node"] = "a"
        logger.error("m")
        #expect(sink.lines == ["2026-11-21T00:45:07.012Z ERROR edge: m node=a shard=3\n"])
    }
}
