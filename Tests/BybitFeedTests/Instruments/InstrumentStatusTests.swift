import Core
import NIOCore
import Platform
import Synchronization
import Testing

@testable import BybitFeed

@Suite("The exchange names contracts by their status, and all that can be subscribed make one list")
struct InstrumentStatusTests {
    /// An exchange whose answers are in the test's hands. It names what trades, unless another status is asked for.
    private final class Exchange: Sendable {
        struct State {
            var statuses: [String: String] = [:]
            /// What it answers to questions of this status instead; "" for those without one.
            var answers: [String: HTTPGet.Answer] = [:]
            var questions: [String] = []
            /// Behind so many questions all contracts go on to their next status.
            var goesOnAfter: Int?
        }

        let state = Mutex(State())

        func answer(_ target: String) -> HTTPGet.Answer {
            state.withLock { state in
                let words = target.split(separator: "&").first { $0.hasPrefix("status=") }
                let status = words.map { String($0.dropFirst("status=".count)) }
                state.questions.append(status ?? "")
                defer {
                    if state.questions.count == state.goesOnAfter {
                        state.statuses = state.statuses.mapValues(Self.next)
                    }
                }
                if let answer = state.answers[status ?? ""] { return answer }
                let wanted = status ?? "Trading"
                return Self.page(of: state.statuses.filter { $0.value == wanted })
            }
        }

        static let life = ["PreLaunch", "Trading", "Settling", "Delivering"]

        /// What is being delivered stays so for long.
        private static func next(_ status: String) -> String {
            let next = (life.firstIndex(of: status) ?? life.count) + 1
            return next < life.count ? life[next] : status
        }

        static func page(of statuses: [String: String], next: String = "") -> HTTPGet.Answer {
            let list = statuses.map { #"{"symbol":"\#($0.key)","status":"\#($0.value)"}"# }.joined(separator: ",")
            return text(#"{"retCode":0,"result":{"list":[\#(list)],"nextPageCursor":"\#(next)"}}"#)
        }

        static func refusal(_ code: Int) -> HTTPGet.Answer { text(#"{"retCode":\#(code),"retMsg":"no","result":{}}"#) }

        private static func text(_ text: String) -> HTTPGet.Answer {
            HTTPGet.Answer(status: 200, body: ByteBuffer(string: text))
        }
    }

    private let exchange = Exchange()
    private let rest: BybitREST

    init() throws {
        let exchange = exchange
        rest = BybitREST(host: try HTTPHost("http://h"), category: "linear") { exchange.answer($0) }
        exchange.state.withLock { state in
            state.statuses = [
                "BTCUSDT": "Trading", "NEWUSDT": "PreLaunch", "ENDUSDT": "Settling", "LASTUSDT": "Delivering",
                "OLDUSDT": "Closed",
            ]
        }
    }

    private func answer(_ status: String, _ answer: HTTPGet.Answer) {
        exchange.state.withLock { $0.answers[status] = answer }
    }

    @Test func allButTheClosedOnes() async throws {
        #expect(try await rest.instruments().symbols == ["BTCUSDT", "NEWUSDT", "ENDUSDT", "LASTUSDT"])
    }

    /// Its status changes behind the question that would have told it, whichever that is.
    @Test(arguments: 1...4)
    func whatGoesOnToItsNextStatusBetweenTwoQuestionsIsNotMissed(after count: Int) async throws {
        let contracts = Exchange.life.map { (symbol: "\($0.uppercased())USDT", status: $0) }
        exchange.state.withLock { state in
            state.statuses = Dictionary(uniqueKeysWithValues: contracts.map { ($0.symbol, $0.status) })
            state.goesOnAfter = count
        }
        #expect(try await rest.instruments().symbols == Set(contracts.map(\.symbol)))
    }

    @Test(arguments: ["PreLaunch", "", "Settling", "Delivering"])
    func aFailureOfOneIsOneOfAll(status: String) async {
        for failure in [HTTPGet.Answer(status: 502, body: ByteBuffer()), Exchange.refusal(10006)] {
            answer(status, failure)
            await #expect(throws: BybitREST.Failure.self) { try await rest.instruments() }
        }
    }

    @Test func aStatusThatTheExchangeDoesNotKnowHasNoContracts() async throws {
        answer("Settling", Exchange.refusal(10001))
        answer("Delivering", Exchange.refusal(10001))
        #expect(try await rest.instruments().symbols == ["BTCUSDT", "NEWUSDT"])
        answer("PreLaunch", Exchange.refusal(10001))
        await #expect(throws: BybitREST.Failure.self) { try await rest.instruments() }
    }

    /// A status that has had a page is one: what follows it is missing.
    @Test func aPageThatIsRefusedBehindAnotherIsAFailure() async {
        let rest = BybitREST(host: rest.host, category: "linear") { target in
            guard target.contains("status=Settling") else { return Exchange.page(of: ["BTCUSDT": "Trading"]) }
            guard target.contains("cursor=") else { return Exchange.page(of: ["ENDUSDT": "Settling"], next: "2") }
            return Exchange.refusal(10001)
        }
        await #expect(throws: BybitREST.Failure.self) { try await rest.instruments() }
    }

    @Test func onTheSpotThereIsOneStatus() async throws {
        let exchange = exchange
        let rest = BybitREST(host: try HTTPHost("http://h"), category: "spot") { exchange.answer($0) }
        #expect(try await rest.instruments().symbols == ["BTCUSDT"])
        #expect(exchange.state.withLock { $0.questions } == [""])
    }

    @Test func aServerThatIgnoresCursorsHasNoWholeList() async {
        answer("", Exchange.page(of: ["BTCUSDT": "Trading"], next: "first%3DB"))
        let error = await #expect(throws: BybitREST.Failure.self) { try await rest.instruments() }
        #expect(error?.description == "its answer can't be read: a cursor came twice")
        #expect(exchange.state.withLock { $0.questions } == ["PreLaunch", "", ""])
    }

    @Test(
        arguments: [
            (.status(429, retryAfter: nil), .zero), (.status(403, retryAfter: nil), .seconds(600)),
            (.refused(code: 10006, words: ""), .zero), (.refused(code: 10018, words: ""), .zero),
            (.refused(code: 10009, words: ""), .seconds(600)), (.status(502, retryAfter: nil), nil),
            (.refused(code: 10001, words: ""), nil), (.malformed(""), nil),
        ] as [(BybitREST.Failure, Duration?)]
    )
    func whoHasAskedTooOftenIsToBeQuiet(failure: BybitREST.Failure, quiet: Duration?) {
        #expect(failure.quiet == quiet)
    }
}
