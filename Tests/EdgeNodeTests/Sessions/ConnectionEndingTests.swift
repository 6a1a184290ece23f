import Testing

@testable import EdgeNode

@Suite struct ConnectionEndingTests {
    @Test(
        arguments: [
            (.client(.normal), "1000", "client"), (.client(nil), "1005", "client"),
            (.client(CloseCode(rawValue: 3999)), "other", "client"),
            (.client(CloseCode(rawValue: 4999)), "other", "client"),
            (.node(.slowConsumer), "4008", "node"), (.node(nil), "1006", "node"), (.network, "1006", "network"),
        ] as [(ConnectionEnding, String, String)]
    )
    func eachHasItsWords(ending: ConnectionEnding, code: String, side: String) {
        #expect(ending.codeText == code && ending.side.rawValue == side)
    }

    @Test func whateverClientsSayThereAreFew() {
        let all = Set((UInt16.min...UInt16.max).map { ConnectionEnding.client(CloseCode(rawValue: $0)) })
        #expect(3 * all.count <= ConnectionEnding.bound)
        #expect(ConnectionEnding.known.count < ConnectionEnding.bound)
    }

    /// Who came first has ended it: what follows is the answer.
    @Test func whatCameFirstCounts() {
        var handshake = CloseHandshake()
        handshake.note(.node(.goingAway))
        handshake.note(.client(.goingAway))
        #expect(handshake.cause == .node(.goingAway))
    }
}
