import Foundation
import Logging
import NIOCore
import NIOPosix
import Platform
import TestSupport
import Testing

@testable import EdgeNode

/// Keys that are fetched, from a server that does what servers do.
@Suite(.timeLimit(.minutes(2))) struct KeyServerTests {
    private let clock = HandClock()
    private let log = CollectedLog()
    private let now = WallClock.milliseconds()
    private let old = IssuerKey("old")
    private let new = IssuerKey("new")

    /// An authenticator with the keys of the server, by the test's clock.
    private func tokens(
        of server: KeyServer,
        issuer: String? = nil,
        timeout: TimeAmount = .seconds(30)
    ) throws -> TokenAuthenticator {
        let client = HTTPGet(
            group: MultiThreadedEventLoopGroup.singleton,
            timeout: timeout,
            maximumBodyBytes: JSONWebKeySet.maximumLength
        )
        let directory =
            try issuer.map { try KeyDirectory(issuer: $0, client: client) }
            ?? KeyDirectory(set: HTTPAddress("http://127.0.0.1:\(server.port)/keys?v=1"), client: client)
        let cache = TokenCache()
        let keys = TokenKeys { cache.removeAll() }
        let clock = clock
        let remote = RemoteKeys(
            source: directory.source,
            interval: .milliseconds(2),
            now: { clock.now },
            logger: log.logger,
            fetch: { try await directory.fetch() },
            deliver: { keys.set($0, of: .remote) }
        )
        return TokenAuthenticator(rules: TokenRules(), keys: keys, cache: cache, remote: remote)
    }

    private func watching(_ tokens: TokenAuthenticator, _ body: () async throws -> Void) async throws {
        let watching = tokens.watch()
        defer { watching.cancel() }
        try await body()
    }

    private func until(_ condition: () async throws -> Bool) async throws {
        while !(try await condition()) { try await Task.sleep(for: .milliseconds(2)) }
    }

    @Test func newKeysAreFetchedOnceForAllWhoNeedThem() async throws {
        try await KeyServer.with(.text(IssuerKey.set(old))) { server in
            let tokens = try tokens(of: server)
            try await watching(tokens) {
                try await until { try await tokens.judge(old.token("u", at: now)).user == "u" }
                #expect(server.asked.elements == ["/keys?v=1"])

                server.answer.value = .text(IssuerKey.set(new))
                #expect(try await tokens.judge(new.token("u", at: now)).isRefused, "they were fetched just now")
                clock.pass(.seconds(31))
                let users = try (0..<200).map { try new.token("u\($0)", at: now) }
                let judged = await withTaskGroup(of: String?.self) { group in
                    for user in users { group.addTask { await tokens.judge(user).user } }
                    return await group.reduce(into: Set<String?>()) { $0.insert($1) }
                }
                #expect(judged == Set((0..<200).map { "u\($0)" }))
                #expect(server.asked.elements.count == 2)
                #expect(
                    try await tokens.judge(old.token("u", at: now)).isRefused,
                    "its key is gone, also from the cache"
                )
            }
        }
    }

    /// So is a provider whose tokens have no kid: a signature that does not fit may be of a key that is new.
    @Test func tokensWithoutAKidSurviveARotation() async throws {
        try await KeyServer.with(.text(IssuerKey.set(old))) { server in
            let tokens = try tokens(of: server)
            try await watching(tokens) {
                try await until { try await tokens.judge(old.token("u", at: now, hasID: false)).user == "u" }
                server.answer.value = .text(IssuerKey.set(new))
                clock.pass(.seconds(31))
                #expect(try await tokens.judge(new.token("u", at: now, hasID: false)).user == "u")
            }
        }
    }

    @Test func theyAreFetchedAgainWhenTheAnswerSaysSo() async throws {
        try await KeyServer.with(.text(IssuerKey.set(old), cacheControl: "public, max-age=120")) { server in
            let tokens = try tokens(of: server)
            try await watching(tokens) {
                try await until { try await tokens.judge(old.token("u", at: now)).user == "u" }
                clock.pass(.seconds(119))
                // One look may have begun before; the fetch of the next would have ended before the third.
                let looks = clock.looks
                try await until { clock.looks >= looks + 3 }
                #expect(server.asked.elements.count == 1)
                clock.pass(.seconds(1))
                _ = await server.asked.elements(atLeast: 2)
            }
        }
    }

    /// Nobody is told that the token is wrong when it is the server. (A slow machine may need more than one fetch.)
    @Test(arguments: [
        KeyServer.Answer.status(500), .status(302), .stall, .flood(10 << 20), .hangUp, .text("<html>"),
        .text(#"{"keys":[]}"#),
    ])
    func whileItFailsTheKeysOfBeforeGoOn(_ fault: KeyServer.Answer) async throws {
        try await KeyServer.with(fault) { server in
            let tokens = try tokens(of: server, timeout: .seconds(1))
            try await watching(tokens) {
                _ = await log.line("can't be fetched")
                #expect(try await tokens.judge(old.token("u", at: now)).isUnavailable)

                server.answer.value = .text(IssuerKey.set(old))
                try await until {
                    clock.pass(.seconds(61))
                    return try await tokens.judge(old.token("u", at: now)).user == "u"
                }

                server.answer.value = fault
                clock.pass(.seconds(31))
                #expect(try await tokens.judge(new.token("u", at: now)).isUnavailable)
                #expect(try await tokens.judge(old.token("v", at: now)).user == "v")

                server.answer.value = .text(IssuerKey.set(old, new))
                try await until {
                    clock.pass(.seconds(61))
                    return try await tokens.judge(new.token("u", at: now)).user == "u"
                }
                #expect(try await tokens.judge(old.token("w", at: now)).user == "w")
            }
        }
        #expect(log.lines.filter { $0.contains("can't be fetched") }.count == 2, "once for each time")
    }

    @Test func whenItIsGoneTheKeysOfBeforeGoOn() async throws {
        try await KeyServer.with(.text(IssuerKey.set(old))) { server in
            let tokens = try tokens(of: server)
            try await watching(tokens) {
                try await until { try await tokens.judge(old.token("u", at: now)).user == "u" }
                await server.die()
                clock.pass(.seconds(3600))
                _ = await log.line("can't be fetched")
                #expect(try await tokens.judge(old.token("v", at: now)).user == "v")
                #expect(try await tokens.judge(new.token("u", at: now)).isUnavailable)
            }
        }
    }

    /// A provider that says that it is another one is not believed.
    @Test(arguments: ["http://127.0.0.1:1", "http://127.0.0.1:PORT/"])
    func aProviderMustNameItself(_ issuer: String) async throws {
        try await KeyServer.with(.status(500)) { server in
            let own = "http://127.0.0.1:\(server.port)"
            let named = issuer.replacingOccurrences(of: "PORT", with: "\(server.port)")
            server.answer.value = .text(#"{"issuer":"\#(named)","jwks_uri":"\#(own)/keys"}"#)
            let tokens = try tokens(of: server, issuer: own)
            try await watching(tokens) {
                #expect(await log.line("can't be fetched").contains("names another issuer"))
                #expect(Set(server.asked.elements) == ["/.well-known/openid-configuration"])
            }
        }
    }

    /// Keys of a server over TLS come from it only where its certificate is of an authority that is trusted.
    @Test(arguments: [true, false]) func overTLSItMustBeTrusted(isNamed: Bool) async throws {
        let files = try TestCertificateFiles()
        defer { files.remove() }
        try await KeyServer.with(.text(IssuerKey.set(old)), tls: files.serverContext()) { server in
            var settings = try ResolvedSettings.defaults(for: .edgeNode)
                .replacing(Settings.Tokens.keySetURL, with: "https://localhost:\(server.port)/keys")
            if isNamed {
                settings = try settings.replacing(Settings.Tokens.authoritiesFile, with: files.certificate)
            }
            let tokens = try #require(
                try await TokenAuthenticator.make(
                    settings,
                    group: MultiThreadedEventLoopGroup.singleton,
                    logger: log.logger
                )
            )
            try await watching(tokens) {
                if isNamed {
                    try await until { try await tokens.judge(old.token("u", at: now)).user == "u" }
                } else {
                    // The reason is the certificate, or on a machine that is busy that it took too long.
                    _ = await log.line("can't be fetched")
                    #expect(
                        try await tokens.judge(old.token("u", at: now)).isUnavailable && server.asked.elements.isEmpty
                    )
                }
            }
        }
    }

    /// The issuer's certificate is as good as its public key.
    @Test func aCertificateIsAPublicKey() async throws {
        let files = try TestCertificateFiles()
        defer { files.remove() }
        let issuer = try IssuerKey("c", pem: String(contentsOfFile: files.key, encoding: .utf8))
        let settings = try ResolvedSettings.defaults(for: .edgeNode)
            .replacing(Settings.Tokens.publicKeyFile, with: files.certificate)
        let tokens = try #require(
            try await TokenAuthenticator.make(
                settings,
                group: MultiThreadedEventLoopGroup.singleton,
                logger: log.logger
            )
        )
        #expect(try await tokens.judge(issuer.token("u", at: now, hasID: false)).user == "u")
        #expect(try await tokens.judge(old.token("u", at: now, hasID: false)).isRefused, "another's")
    }

    @Test func aFileOfKeysIsReadAnewWhenItChanges() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "tidegate-jwks-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: file) }
        try IssuerKey.set(old).write(to: file, atomically: true, encoding: .utf8)
        let cache = TokenCache()
        let keys = TokenKeys { cache.removeAll() }
        let watched = try await KeyFile(path: file.path, interval: .milliseconds(5), logger: log.logger) {
            keys.set($0, of: .file)
        }
        let tokens = TokenAuthenticator(rules: TokenRules(), keys: keys, cache: cache, file: watched)
        try await watching(tokens) {
            #expect(try await tokens.judge(old.token("u", at: now)).user == "u")
            #expect(try await tokens.judge(new.token("u", at: now)).isRefused)

            try "{".write(to: file, atomically: true, encoding: .utf8)
            #expect(await log.line("is wrong: the one before goes on").contains("it is not JSON"))
            #expect(try await tokens.judge(old.token("v", at: now)).user == "v")

            try FileManager.default.removeItem(at: file)
            try IssuerKey.set(new).write(to: file, atomically: true, encoding: .utf8)
            try await until { try await tokens.judge(new.token("u", at: now)).user == "u" }
            #expect(try await tokens.judge(old.token("u", at: now)).isRefused)
        }
    }
}
