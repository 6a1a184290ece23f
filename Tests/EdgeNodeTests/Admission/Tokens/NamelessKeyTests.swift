import Testing

@testable import EdgeNode

@Suite("A token that names its key, at a node whose key has no name, is told in the log", .timeLimit(.minutes(5)))
struct NamelessKeyTests {
    private let log = RecordingLog()

    private func judge(_ header: String, by id: String?) async throws -> AuthenticationFailure? {
        let maker = try TokenMaker.make()
        let key = try await VerificationKey(id: id, maker.publicKey(.p256))
        let tokens = maker.authenticator([key], logger: log.logger)
        var failure: AuthenticationFailure?
        // Whoever comes with many is told of once.
        for _ in 0..<3 { failure = await tokens.refusal(of: try await maker.token(.es256, header: header)) }
        return failure
    }

    @Test func itIsToldOnce() async throws {
        let failure = try await judge(#"{"alg":"ES256","kid":"key-1"}"#, by: nil)
        #expect(failure == TokenFault.unverified.failure, "the client is told no more than before")
        #expect(
            log.lines == [
                "a token was refused that names its key, and the key for its algorithm has no name here: JWT_KEY_ID gives "
                    + "it one algorithm=ES256 kid=key-1"
            ]
        )
    }

    @Test func aLongNameIsCut() async throws {
        _ = try await judge(#"{"alg":"ES256","kid":"\#(String(repeating: "x", count: 5000))"}"#, by: nil)
        #expect(log.lines.count == 1 && log.lines[0].utf8.count < 300)
    }

    @Test(
        arguments: [
            (#"{"alg":"ES256","kid":"key-1"}"#, "key-1"), (#"{"alg":"ES256","kid":"key-1"}"#, "key-2"),
            (#"{"alg":"ES256"}"#, nil), (#"{"alg":"RS256","kid":"key-1"}"#, nil),
        ] as [(String, String?)]
    )
    func whatElseIsRefusedOrTakenIsNotToldSo(_ header: String, _ id: String?) async throws {
        _ = try await judge(header, by: id)
        #expect(log.lines == [])
    }
}
