import Crypto
import Testing

@testable import EdgeNode

/// A token is good by the key of its algorithm's family, and by no other.
@Suite(.timeLimit(.minutes(5))) struct TokenAlgorithmTests {
    @Test(arguments: TokenAlgorithm.allCases)
    func aTokenIsGoodByItsAlgorithm(_ algorithm: TokenAlgorithm) async throws {
        let maker = try TokenMaker.make()
        let tokens = try await maker.authenticator()
        let principal = try await tokens.judge(maker.token(algorithm)).get()
        #expect(principal.user == "u")
        #expect(principal.expiresAt == TokenMaker.now + 630_000)
    }

    /// The header says one algorithm, the signature is of another.
    @Test(arguments: TokenAlgorithm.allCases)
    func aSignatureOfAnotherAlgorithmIsRefused(_ algorithm: TokenAlgorithm) async throws {
        let maker = try TokenMaker.make()
        let tokens = try await maker.authenticator()
        for other in TokenAlgorithm.allCases where other != algorithm {
            let token = try await maker.token(other, header: #"{"alg":"\#(algorithm.rawValue)"}"#)
            #expect(await tokens.refusal(of: token) == TokenFault.unverified.failure, "\(other)")
        }
    }

    @Test(arguments: TokenAlgorithm.allCases)
    func anAlgorithmThatIsNotInTheListIsRefused(_ algorithm: TokenAlgorithm) async throws {
        let maker = try TokenMaker.make()
        var rules = TokenRules()
        rules.algorithms.remove(algorithm)
        let token = try await maker.token(algorithm)
        #expect(try await maker.authenticator(rules: rules).refusal(of: token) == TokenFault.algorithm.failure)
    }

    /// RFC 9864 names the curve.
    @Test func ed25519IsAnotherNameOfItsAlgorithm() async throws {
        let maker = try TokenMaker.make()
        let token = try await maker.token(.eddsa, header: #"{"alg":"Ed25519"}"#)
        #expect(try await maker.authenticator().refusal(of: token) == nil)
    }

    @Test(arguments: [(31, 0), (32, 1), (47, 1), (48, 2), (64, 3)])
    func aSecretIsGoodForAsManyBytesAsItHas(_ length: Int, _ count: Int) {
        #expect(KeyMaterial.hmac(.init(data: [UInt8](repeating: 7, count: length))).algorithms.count == count)
    }
}
