import BybitCatalog
import Foundation
import Logging
import NIOCore
import NIOEmbedded
import NIOWebSocket

@testable import BybitFeed
@testable import Core
@testable import Ingestor
@testable import Platform

/// A pipeline on an embedded loop, with the exchange's end of its connection in the test's hands.
final class PipelineBench {
    struct Request: Equatable {
        var operation: String
        var topics: [String]
        var id: String
    }

    let counters = IngestCounters()
    private(set) var published: [[Publication]] = []
    private var channel = EmbeddedChannel()
    private let loop = EmbeddedEventLoop()
    let feed: BybitFeed
    private let catalog: any StreamCatalog
    private(set) lazy var pipeline = IngestPipeline(
        eventLoop: loop,
        catalog: catalog,
        feeds: [feed],
        sequencer: Sequencer(epoch: 7),
        logger: RateLimitedLogger(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }),
        counters: counters,
        publish: { [unowned self] in published.append($0) }
    )

    /// The feed's only one.
    var connection: BybitConnection? { (pipeline.feeds.first as? BybitSession)?.connections.first }

    init(catalog: any StreamCatalog = BybitCatalog()) throws {
        self.catalog = catalog
        var configuration = BybitFeed.Configuration(url: try WebSocketURL("ws://127.0.0.1:1/v5/public/linear"))
        configuration.isSimulated = true
        feed = BybitFeed(configuration: configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// What was published, in words: `trade.X 3 update`.
    var words: [String] {
        published.joined().map {
            "\($0.stream) \($0.position.sequence) \($0.kind)".replacing("Core.GapReason.", with: "")
        }
    }

    /// The pipeline has not ended its connection.
    var isConnected: Bool { channel.isActive }

    func connect() {
        channel = EmbeddedChannel()
        if let address = try? SocketAddress(ipAddress: "127.0.0.1", port: 1) {
            channel.connect(to: address, promise: nil)
        }
        connection?.opened(WebSocketConnection(channel: channel))
    }

    func lose() { connection?.closed(reason: "test") }

    func want(_ canonical: String, after sequence: UInt64? = nil, epoch: UInt64 = 3) throws {
        let position = sequence.map { Position(epoch: epoch, sequence: $0) }
        pipeline.want(try StreamName(canonical: canonical), after: position)
    }

    /// The requests since the last call; pings are left out.
    func requests() throws -> [Request] {
        var requests: [Request] = []
        while let frame = try channel.readOutbound(as: WebSocketFrame.self) {
            let object = try Parsed.object(String(buffer: frame.data))
            guard let topics = object["args"] as? [String] else { continue }
            requests.append(
                Request(operation: object["op"] as? String ?? "", topics: topics, id: object["req_id"] as? String ?? "")
            )
        }
        return requests
    }

    /// Confirms everything that was asked for, until nothing more is asked.
    func confirmAll() throws {
        while true {
            let requests = try requests()
            guard !requests.isEmpty else { return }
            for request in requests { deliver(Self.answer(to: request)) }
        }
    }

    static func answer(to request: Request, failure: String? = nil) -> String {
        #"{"success":\#(failure == nil),"ret_msg":"\#(failure ?? "")","conn_id":"c","#
            + #""req_id":"\#(request.id)","op":"\#(request.operation)"}"#
    }

    /// One read of the socket.
    func deliver(_ frames: String...) {
        for frame in frames { connection?.received(ByteBuffer(string: frame)) }
        connection?.readCompleted()
    }

    static func trade(_ symbol: String, price: String = "1") -> String {
        #"{"topic":"publicTrade.\#(symbol)","type":"snapshot","ts":5,"data":[{"T":5,"s":"\#(symbol)","S":"Buy","v":"1","#
            + #""p":"\#(price)","i":"id","BT":false}]}"#
    }

    static func ticker(_ type: String, _ symbol: String, price: String = #""1""#) -> String {
        #"{"topic":"tickers.\#(symbol)","type":"\#(type)","ts":5,"data":{"symbol":"\#(symbol)","lastPrice":\#(price)}}"#
    }

    static func book(_ type: String, _ symbol: String, _ updateID: Int) -> String {
        #"{"topic":"orderbook.50.\#(symbol)","type":"\#(type)","ts":5,"data":{"s":"\#(symbol)","b":[],"a":[],"u":\#(updateID)}}"#
    }
}
