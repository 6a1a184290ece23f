import BybitCatalog
import Core
import FeedKit
import Foundation
import Logging
import NIOCore
import NIOEmbedded
import NIOWebSocket
import Testing

@testable import BybitFeed
@testable import Platform

/// A session of the feed on an embedded loop, with the exchange's ends of its connections in the test's hands. Each
/// connection holds two tickers of one letter.
final class SessionBench: FeedSink {
    let feed: BybitFeed
    private(set) var told: [String] = []
    private let loop = EmbeddedEventLoop()
    private var channels: [Int: EmbeddedChannel] = [:]
    private var names: [RouteID: String] = [:]
    private(set) lazy var session = BybitSession(
        configuration: feed.configuration,
        eventLoop: loop,
        sink: self,
        counters: feed.counters,
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    )

    init(connections: Int) throws {
        var configuration = BybitFeed.Configuration(url: try WebSocketURL("ws://127.0.0.1:1/v5/public/linear"))
        configuration.maximumConnections = connections
        configuration.upstream.charactersPerConnection = 2 * ConnectionRoom.cost(of: "tickers.A")
        feed = BybitFeed(configuration: configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    func take(_ event: FeedEvent, of route: RouteID) {
        let word =
            switch event {
            case .messages: "message"
            case .unreadable: "unreadable"
            case .interrupted: "interrupted"
            case .confirmed: "confirmed"
            case .refused: "refused"
            case .dropped: "dropped"
            }
        told.append("\(word) \(names[route] ?? "?")")
    }

    func readCompleted() {}

    /// What the sink was told since the last call.
    func news() -> [String] {
        defer { told = [] }
        return told
    }

    /// Wants tickers of these symbols, and lets the exchange confirm what it is asked for.
    func want(_ symbols: String...) throws {
        for symbol in symbols {
            let stream = try #require(BybitCatalog().descriptor(of: StreamName(canonical: "ticker.\(symbol)")))
            session.want(stream, by: route(symbol), rank: 0)
            try answerAll()
        }
    }

    func unwant(_ symbol: String) { session.unwant(route(symbol)) }

    func tick() throws {
        session.tick()
        try answerAll()
    }

    /// The topics of each connection that the exchange confirmed, by its number.
    var topics: [Int: [String]] {
        let pairs = session.connections.map { connection in
            let confirmed = connection.session.topics.filter { $0.value.phase == .confirmed }
            return (connection.number, confirmed.keys.map { String($0.dropFirst(8)) }.sorted())
        }
        return Dictionary(uniqueKeysWithValues: pairs)
    }

    func lose(_ number: Int) {
        channels[number] = nil
        connection(number)?.closed(reason: "test")
    }

    func connection(_ number: Int) -> BybitConnection? { session.connections.first { $0.number == number } }

    /// Opens what is not open, and confirms all requests of all connections until there are no more.
    func answerAll() throws {
        var isDone = false
        while !isDone {
            isDone = true
            for connection in session.connections {
                let channel = try channel(of: connection)
                while let frame = try channel.readOutbound(as: WebSocketFrame.self) {
                    let request = try Parsed.object(String(buffer: frame.data))
                    guard let id = request["req_id"] as? String, let operation = request["op"] as? String else {
                        continue
                    }
                    isDone = false
                    connection.received(
                        ByteBuffer(string: #"{"success":true,"ret_msg":"","req_id":"\#(id)","op":"\#(operation)"}"#)
                    )
                }
            }
        }
    }

    private func channel(of connection: BybitConnection) throws -> EmbeddedChannel {
        if let channel = channels[connection.number], channel.isActive { return channel }
        let channel = EmbeddedChannel()
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        channels[connection.number] = channel
        connection.opened(WebSocketConnection(channel: channel))
        return channel
    }

    private func route(_ symbol: String) -> RouteID {
        let id = RouteID(place: Int(symbol.unicodeScalars.first?.value ?? 0), generation: 1)
        names[id] = symbol
        return id
    }
}
