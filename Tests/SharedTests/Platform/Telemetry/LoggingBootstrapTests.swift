import Logging
import Testing

@testable import Platform

@Suite struct LoggingBootstrapTests {
    @Test(arguments: [true, false])
    func choosesTheFormAndTheLevel(json: Bool) throws {
        let sink = CollectingSink()
        let logger = Logger(label: "edge") { label in
            LoggingBootstrap.handler(
                label: label,
                level: .notice,
                json: json,
                node: "edge-7",
                metadataProvider: .init { ["p": "1"] },
                sink: sink
            )
        }
        logger.info("kept out")
        logger.notice("said")
        let line = try #require(sink.lines.first)
        #expect(sink.lines.count == 1)
        #expect(line.hasPrefix(#"{"ts":"#) == json)
        // People look at one process.
        let end = json ? #""message":"said","node":"edge-7","p":"1"}"# : "NOTICE edge: said p=1"
        #expect(line.hasSuffix(end + "\n"), "\(line)")
    }

    @Test func aSecondCallIsRefusedInsteadOfStoppingTheProcess() {
        // Other tests of the process may have called it; from here on it was called in any case.
        LoggingBootstrap.bootstrap(level: .critical, json: false)
        #expect(!LoggingBootstrap.bootstrap(level: .trace, json: true))
    }
}
