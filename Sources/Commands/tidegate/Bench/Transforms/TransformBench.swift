import BybitCatalog
import BybitFeed
import Core
import Glibc
import Ingestor
import Logging
import NIOCore
import NIOPosix
import Platform

/// How many frames of one kind the ingestor's pipeline takes per second on one core: parsed, merged, numbered, written.
struct TransformBench {
    enum Topic {
        case ticker, trade, book

        var stream: String {
            switch self {
            case .ticker: "ticker.BTCUSDT"
            case .trade: "trade.BTCUSDT"
            case .book: "depth.50.BTCUSDT"
            }
        }
    }

    let topic: Topic
    let rounds: Int
    private let framesPerRound: Int

    init(topic: Topic, rounds: Int, frames: Int) {
        self.topic = topic
        self.rounds = rounds
        self.framesPerRound = frames
    }

    /// One line of words.
    func run() async throws -> String {
        let stream = try StreamName(canonical: topic.stream)
        guard let name = BybitTopic(stream)?.name else { throw BenchFailure.failed("\(stream) has no topic") }
        let frames = try await FrameRecorder.record(name, count: 1000)
        let bytes = frames.reduce(0) { $0 + $1.readableBytes } / max(frames.count, 1)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let rates = try await group.next().submit { [rounds, framesPerRound] in
            let url = try WebSocketURL(Settings.Upstream.url.defaultValue)
            let feed = BybitFeed(configuration: .init(url: url), logger: Logger(label: "bench"))
            let meter = PipelineMeter(eventLoop: group.next(), catalog: BybitCatalog(), feed: feed, stream: stream)
            return try (0..<rounds).map { _ in
                let start = Self.cpuNanoseconds()
                let before = meter.published
                BybitMeter.ingest(frames, total: framesPerRound, into: meter.session)
                let published = meter.published - before
                guard published >= framesPerRound / 2 else {
                    throw BenchFailure.failed("only \(published) of \(framesPerRound) frames were published")
                }
                return Double(framesPerRound) / Double(Self.cpuNanoseconds() - start) * 1e9
            }
        }.get()
        try await group.shutdownGracefully()
        return "\(name): \(Spread(rates)), \(bytes) bytes a frame"
    }

    /// CPU time of this thread.
    private static func cpuNanoseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
