import EdgeNode
import Foundation
import Logging
import NIOPosix
import Platform
import TestSupport
import Testing

/// Tokens as other libraries make them.
@Suite(.timeLimit(.minutes(2))) struct PythonTokenTests {
    private struct Made: Decodable {
        struct Token: Decodable {
            let library: String
            let algorithm: String
            let token: String
        }

        let jwks: String
        let tokens: [Token]
    }

    private struct Login: Decodable {
        let issuer: String
        let audience: String
        let tokens: [String: String]
    }

    @Test func thoseOfEveryLibraryAreTakenByEveryAlgorithm() async throws {
        let script = try PythonScript("tokens.py")
        defer { script.end() }
        let made: Made = try await script.answer()
        let file = FileManager.default.temporaryDirectory.appending(path: "tidegate-jwks-\(UUID().uuidString).json")
        try made.jwks.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        let settings = try ResolvedSettings.defaults(for: .edgeNode)
            .replacing(Settings.Tokens.keySetFile, with: file.path)
        let tokens = try #require(try await make(settings))
        #expect(made.tokens.count == 3 * Settings.Tokens.algorithmNames.count)
        for token in made.tokens {
            let principal = try? await tokens.judge(token.token).get()
            #expect(principal?.user == token.library, "\(token.library) \(token.algorithm)")
            #expect(principal?.roles == [token.algorithm])
        }
    }

    /// A real provider: from its issuer alone to who somebody is. Its tokens have no kid, its key has one.
    @Test func aUserOfAnOpenIDProviderIsKnown() async throws {
        let script = try PythonScript(shared: SharedScript.openIDProvider, ["alice"])
        defer { script.end() }
        let login: Login = try await script.answer()
        let token = try #require(login.tokens["alice"])
        let settings = try ResolvedSettings.defaults(for: .edgeNode)
            .replacing(Settings.Tokens.provider, with: login.issuer)
            .replacing(Settings.Tokens.audience, with: login.audience)
        let tokens = try #require(try await make(settings))
        #expect(await tokens.judge(token) == .failure(.unavailable(retryAfter: 1)), "nothing is fetched yet")
        let watching = tokens.watch()
        defer { watching.cancel() }
        var answer = await tokens.judge(token)
        while case .failure(.unavailable) = answer {
            try await Task.sleep(for: .milliseconds(5))
            answer = await tokens.judge(token)
        }
        #expect(try answer.get().user == "alice")

        let others = try settings.replacing(Settings.Tokens.audience, with: "another")
        let strangers = try #require(try await make(others))
        let alsoWatching = strangers.watch()
        defer { alsoWatching.cancel() }
        answer = await strangers.judge(token)
        while case .failure(.unavailable) = answer {
            try await Task.sleep(for: .milliseconds(5))
            answer = await strangers.judge(token)
        }
        #expect(answer == .failure(.refused(reason: "the token's audience is not this service")))
    }

    private func make(_ settings: ResolvedSettings) async throws -> TokenAuthenticator? {
        try await TokenAuthenticator.make(
            settings,
            group: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test")
        )
    }
}
