import Core
import NIOCore
import Testing

@testable import EdgeNode

/// A request together with the token that it brings.
@Suite struct ResumeRequestTokenTests {
    private func request(_ text: String) throws -> ResumeRequest {
        guard case .resume(let request) = try DialectRegistry.tidegate.read(text).operation else {
            throw ClientRequest.Failure(id: nil, error: .invalidJSON)
        }
        return request
    }

    private func token(_ subscriptions: ResumeToken.Subscription...) -> ResumeToken {
        ResumeToken(user: "", issuedAt: 0, subscriptions: subscriptions)
    }

    private static func ticker(_ dialect: DialectID = .op, maxRate: Double? = nil) throws -> ResumeToken.Subscription {
        ResumeToken.Subscription(
            stream: try StreamName(canonical: "ticker.BTCUSDT"),
            dialect: dialect,
            maxRate: maxRate,
            position: Position(epoch: 3, sequence: 30)
        )
    }

    private func described(_ request: ResumeRequest) -> [String] {
        request.wanted.map { wanted in
            let epoch = wanted.claim.map { $0.epoch.map(String.init) ?? "-" } ?? "none"
            let rate = wanted.argument.maxRate.map { " at \($0)" } ?? ""
            let dialect = wanted.dialect.map { " in \($0.key)" } ?? ""
            return "\(wanted.argument.spelling) \(epoch) \(wanted.claim?.sequence ?? 0)\(rate)\(dialect)"
        }
    }

    @Test(arguments: DialectRegistry.tidegate.all)
    func whatOnlyTheTokenKnowsComesBackAsItWas(dialect: DialectID) throws {
        let request = try request(#"{"op":"resume","token":"T"}"#)
        #expect(
            described(request.completed(by: token(try Self.ticker(dialect, maxRate: 2))))
                == ["ticker.BTCUSDT 3 30 at 2.0 in \(dialect.key)"]
        )
        let silent = ResumeToken.Subscription(stream: try StreamName(canonical: "trade.BTCUSDT"), dialect: .op)
        #expect(described(request.completed(by: token(silent))) == ["trade.BTCUSDT none 0 in op"])
    }

    @Test func itsSpellingIsOneThatBothDialectsTake() throws {
        let request = try request(#"{"op":"resume","token":"T"}"#)
        for name in ["ticker.BTCUSDT", "kline.1h.BTCUSDT", "depth.50.BTCUSDT", "trade.BTCUSDT", "orders.u-1"] {
            let stream = try StreamName(canonical: name)
            let subscription = ResumeToken.Subscription(stream: stream, dialect: .op)
            let argument = try #require(request.completed(by: token(subscription)).wanted.first).argument
            #expect(argument == StreamArgument(argument.spelling, dialect: .op))
            #expect(argument == StreamArgument(argument.spelling, dialect: .action))
        }
    }

    @Test(arguments: [
        (#""positions":{"ticker:BTCUSDT":{"epoch":7,"sequence":5}}"#, "ticker:BTCUSDT 7 5 at 2.0"),
        (#""positions":{"ticker:BTCUSDT":{"sequence":5}}"#, "ticker:BTCUSDT - 5 at 2.0"),
        (#""args":["ticker:BTCUSDT"],"lastSequence":5"#, "ticker:BTCUSDT - 5 at 2.0"),
        (#""args":["ticker:BTCUSDT"]"#, "ticker:BTCUSDT 3 30 at 2.0"),
        (#""args":[{"stream":"ticker:BTCUSDT","maxRate":9}]"#, "ticker:BTCUSDT 3 30 at 9.0"),
    ])
    func whatTheRequestSaysWinsOverTheToken(keys: String, wanted: String) throws {
        let request = try request(#"{"op":"resume","token":"T",\#(keys)}"#)
        #expect(described(request.completed(by: token(try Self.ticker(.action, maxRate: 2)))) == [wanted])
    }

    @Test func theRequestComesFirstAndAStreamTwiceInATokenOnce() throws {
        let request = try request(#"{"op":"resume","token":"T","args":["trade:BTCUSDT"]}"#)
        let completed = request.completed(by: token(try Self.ticker(), try Self.ticker(.action)))
        #expect(described(completed) == ["trade:BTCUSDT none 0", "ticker.BTCUSDT 3 30 in op"])
        #expect(completed.token == "T")
    }
}
