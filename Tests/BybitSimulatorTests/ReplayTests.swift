import Foundation
import NIOCore
import Testing

@testable import BybitSimulator

struct ReplayTests {
    private static let frames = """
        {"success":true,"ret_msg":"","conn_id":"x","req_id":"","op":"subscribe"}
        {"topic":"a.X","ts":1000,"n":1}

        {"topic":"b.X","ts":1040,"n":1}
        {"topic":"a.X","ts":1100,"n":2}
        {"topic":"a.X","ts":9000,"n":3}
        {"topic":"a.X","ts":8000,"n":4}
        {"topic":"a.X", "ts":8000, "n":5}

        """

    private func load(_ text: String) throws -> Recording {
        var recording = Recording()
        try RecordingLoader.append(Data(text.utf8), named: "test.jsonl", to: &recording)
        return recording
    }

    @Test
    func keepsOrderSpacingAndBytes() throws {
        let feed = ReplayFeed(recording: try load(Self.frames))
        let collector = FrameCollector()
        #expect(feed.isKnown("a.X") && feed.isKnown("b.X") && !feed.isKnown("tickers.BTCUSDT"))
        feed.join("a.X", sink: collector, at: FeedTime(monotonic: 500, wall: 0))
        #expect(collector.texts == [#"{"topic":"a.X","ts":1000,"n":1}"#])
        var dues: [Int64] = []
        while let due = feed.nextWake {
            dues.append((due - 500) / 1_000_000)
            let sent = collector.texts.count
            feed.advance(to: FeedTime(monotonic: due - 1, wall: 0))
            #expect(collector.texts.count == sent)
            feed.advance(to: FeedTime(monotonic: due, wall: 0))
            #expect(collector.texts.count > sent)
        }
        #expect(dues == [100, 1_100, 2_100])
        #expect(collector.texts.last == #"{"topic":"a.X", "ts":8000, "n":5}"#)
        #expect(collector.take().compactMap { $0.int("n") } == [1, 2, 3, 4, 5])
    }

    @Test
    func eachSubscriptionBeginsAnew() throws {
        let feed = ReplayFeed(recording: try load(Self.frames))
        let first = FrameCollector()
        let second = FrameCollector()
        feed.join("a.X", sink: first, at: FeedTime(monotonic: 0, wall: 0))
        feed.advance(to: FeedTime(monotonic: 150_000_000, wall: 0))
        feed.join("a.X", sink: second, at: FeedTime(monotonic: 150_000_000, wall: 0))
        #expect(first.texts.count == 2 && second.texts.count == 1)
        feed.leave("a.X", sink: first)
        feed.advance(to: FeedTime(monotonic: 10_000_000_000, wall: 0))
        #expect(first.texts.count == 2 && second.texts.count == 5)
    }

    @Test(arguments: ["hello", "{\"topic\":", "[1]", "{\"topic\":7}"])
    func namesTheLineThatIsNoFrame(_ line: String) {
        #expect(throws: SimulatorError.malformedFrame(path: "test.jsonl", line: 3)) {
            try load("{\"topic\":\"a\",\"ts\":1}\n\n\(line)\n")
        }
    }

    @Test
    func saysWhatIsWrongWithFiles() {
        #expect(throws: SimulatorError.unreadableFrames(path: "/nowhere/x.jsonl", reason: "no such file")) {
            try RecordingLoader.load(["/nowhere/x.jsonl"])
        }
    }

    private static let recordings = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("shared/bybit/frames").path

    @Test(
        .enabled(
            if: FileManager.default.fileExists(atPath: recordings),
            "the recorded frames (../shared/bybit/frames) are not on this machine"
        )
    )
    func replaysTheRealRecordings() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.recordings).sorted()
        for name in names where name.hasSuffix(".jsonl") {
            let path = Self.recordings + "/" + name
            let feed = ReplayFeed(recording: try RecordingLoader.load([path]))
            let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
            let topics = Set(lines.compactMap { JSON.object($0).text("topic") })
            #expect(!topics.isEmpty)
            for topic in topics {
                let collector = FrameCollector()
                feed.join(topic, sink: collector, at: FeedTime(monotonic: 0, wall: 0))
                while let due = feed.nextWake { feed.advance(to: FeedTime(monotonic: due, wall: 0)) }
                #expect(collector.texts == lines.filter { JSON.object($0).text("topic") == topic })
            }
        }
    }
}
