import ArgumentParser
import Foundation
import NIOPosix
import Platform

/// `tidegate subscribe`: follows streams on the terminal.
struct SubscribeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "subscribe",
        abstract: "Follow streams of a running gateway on the terminal.",
        discussion: """
            STREAM is any spelling that the gateway takes: ticker:BTCUSDT, kline:1m:BTCUSDT, trade:BTCUSDT, \
            depth:BTCUSDT, liquidation:BTCUSDT. Messages go to standard output, everything else to standard error. The \
            sequence of each stream is checked: what is missing is told. A connection that is lost is opened again, after \
            the time that the gateway asks for. Ends with status 1 when no stream was accepted, the gateway can't be \
            reached, or it refuses what is shown (400, 401, 403) or takes it back (4401, 4403). Prefer --token and --api-key \
            to credentials in the address.
            """
    )

    @Argument(help: "What to subscribe.")
    var streams: [String]

    @Option(help: "The gateway's WebSocket address.")
    var url = "ws://127.0.0.1:8000/ws"

    @Option(help: "A token, sent as a bearer.")
    var token: String?

    @Option(name: .customLong("api-key"), help: "An API key, sent as X-API-Key.")
    var key: String?

    @Option(help: "End after this many data messages.")
    var count: Int?

    @Flag(help: "Print each message as the JSON that came, one a line.")
    var json = false

    func validate() throws {
        if token != nil, key != nil { throw ValidationError("give --token or --api-key, not both") }
        if let count, count < 1 { throw ValidationError("--count must be at least 1") }
    }

    func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            let follower = StreamFollower(
                client: WebSocketClient(group: group),
                url: try WebSocketURL(url),
                headers: headers,
                streams: streams,
                limit: count,
                printsJSON: json
            )
            try await follower.run()
        } catch {
            exitWithError("subscribe", error)
        }
    }

    private var headers: [(String, String)] {
        if let token { return [("Authorization", "Bearer \(token)")] }
        return key.map { [("X-API-Key", $0)] } ?? []
    }
}
