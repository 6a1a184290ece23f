import BybitSimulator
import Core
import Logging
import NIOCore
import NIOPosix
import Platform
import Testing

@testable import BybitFeed

@Suite("The exchange is asked for its instruments", .timeLimit(.minutes(5)))
struct BybitRESTTests {
    @Test(arguments: [
        ("wss://stream.bybit.com/v5/public/linear", "https://api.bybit.com", "linear"),
        ("wss://stream-testnet.bybit.com/v5/public/inverse", "https://api-testnet.bybit.com", "inverse"),
        ("wss://STREAM.bybit.com:8443/v5/public/spot?x=linear", "https://api.bybit.com:8443", "spot"),
        ("ws://127.0.0.1:9443/v5/public/linear", "http://127.0.0.1:9443", "linear"),
        ("ws://[::1]:9443", "http://[::1]:9443", "linear"),
        ("wss://proxy.example/bybit/", "https://proxy.example", "linear"),
    ])
    func whereItAnswersFollowsFromTheFeed(feed: String, host: String, category: String) throws {
        let url = try WebSocketURL(feed)
        #expect(BybitREST.host(besides: url).description == host)
        #expect(BybitREST.category(of: url) == category)
    }

    @Test(arguments: [
        ("", ""), ("first%3DA%26", "&cursor=first%3DA%26"), ("a=b&c d", "&cursor=a%3Db%26c%20d"),
    ])
    func aCursorGoesBackAsItCame(cursor: String, query: String) throws {
        let rest = BybitREST(host: try HTTPHost("http://h"), category: "linear", client: HTTPGet(group: Self.group))
        #expect(rest.target(after: cursor) == "/v5/market/instruments-info?category=linear&limit=1000" + query)
    }

    @Test func allPagesMakeOneList() async throws {
        try await Self.withSimulator(symbols: 2500) { port in
            let list = try await Self.rest(port).instruments()
            #expect(list.symbols == Set(InstrumentCatalogue(count: 2500).instruments.map(\.symbol)))
        }
    }

    @Test func whatTheExchangeRefusesIsToldInItsWords() async throws {
        try await Self.withSimulator(symbols: 1) { port in
            let error = await #expect(throws: BybitREST.Failure.self) {
                try await Self.rest(port, category: "spot").instruments()
            }
            #expect(error?.description == "it answers with error 10001 (Illegal category)")
        }
    }

    @Test func anAnswerThatIsTooLongIsNotKept() async throws {
        try await Self.withSimulator(symbols: 1000) { port in
            let error = await #expect(throws: HTTPGet.Failure.self) {
                try await Self.rest(port, maximumBodyBytes: 10_000).instruments()
            }
            #expect(error?.description == "the answer has more than 10000 bytes")
        }
    }

    /// A server that takes the connection and then says nothing.
    @Test func anExchangeThatIsSilentIsNotWaitedForBeyondTheDeadline() async throws {
        let server = try await ServerBootstrap(group: Self.group).bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(server.localAddress?.port)
        await #expect(throws: HTTPGet.Failure.self) {
            try await Self.rest(port, timeout: .milliseconds(100)).instruments()
        }
        try await server.close()
    }

    private static let group = MultiThreadedEventLoopGroup.singleton

    private static func rest(
        _ port: Int,
        category: String = "linear",
        timeout: TimeAmount = .seconds(30),
        maximumBodyBytes: Int = 8 << 20
    ) throws -> BybitREST {
        BybitREST(
            host: try HTTPHost("http://127.0.0.1:\(port)"),
            category: category,
            client: HTTPGet(group: group, timeout: timeout, maximumBodyBytes: maximumBodyBytes)
        )
    }

    private static func withSimulator(symbols: Int, _ body: (Int) async throws -> Void) async throws {
        var market = SimulatorConfiguration()
        market.symbols = symbols
        let simulator = BybitSimulator(
            configuration: market,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let port = try await simulator.start()
        let result: Result<Void, any Error>
        do { result = .success(try await body(port)) } catch { result = .failure(error) }
        await simulator.stop()
        try result.get()
    }
}
