import Core
import Stores
import Testing

@testable import EdgeNode

@Suite("What is to be revoked is told to nodes by what they know it by, and never by a credential")
struct RevocationTargetTests {
    private static func token(_ claims: String) -> String {
        [#"{"alg":"HS256","typ":"JWT"}"#, claims, "a signature"].map { Base64URL.encode(Array($0.utf8)) }
            .joined(separator: ".")
    }

    @Test func aWholeTokenIsRevokedByItsDigestAndItsId() throws {
        let named = Self.token(#"{"sub":"alice","jti":"session-7"}"#)
        let digest = CredentialDigest(of: named).hexadecimal
        #expect(try RevocationTarget.token(named) == [.token(digest), .token("session-7")])
        for claims in [#"{"sub":"alice"}"#, #"{"jti":7}"#, #"{"jti":""}"#, "not JSON"] {
            let token = Self.token(claims)
            #expect(try RevocationTarget.token(token) == [.token(CredentialDigest(of: token).hexadecimal)])
        }
        // Longer than any name of a token may be.
        let long = Self.token(#"{"sub":"\#(String(repeating: "x", count: 3000))"}"#)
        #expect(try RevocationTarget.token(long) == [.token(CredentialDigest(of: long).hexadecimal)])
    }

    @Test func aRevocationOfAWholeTokenRefusesWhoHasShownIt() throws {
        let token = Self.token(#"{"sub":"alice","jti":"session-7"}"#)
        let digest = CredentialDigest(of: token).hexadecimal
        for (index, subject) in try RevocationTarget.token(token).enumerated() {
            var list = RevocationList()
            _ = list.add(Revocation(subject, at: 1000, until: 5000), at: 1000)
            #expect(list.refuses(Principal(credential: .token(id: "session-7", digest: digest)), at: 2000))
            // A service's credential is known by its digest only.
            #expect(list.refuses(Principal(credential: .vouched(digest: digest)), at: 2000) == (index == 0))
        }
    }

    @Test(arguments: ["session-7", "a.b.c", String(repeating: "0aF", count: 21) + "0", "jti with spaces"])
    func whatNamesATokenIsTakenAsItIs(_ text: String) throws {
        #expect(try RevocationTarget.token(text) == [.token(text)])
    }

    @Test func aTokenIsTheSameAsItStandsInAHeader() throws {
        let token = Self.token(#"{"jti":"x"}"#)
        for text in ["Bearer \(token)", " bearer  \(token)\n", "\(token)\n"] {
            #expect(try RevocationTarget.token(text) == RevocationTarget.token(token))
        }
    }

    @Test func aCredentialInTheWrongPlaceIsRefusedAndNotEchoed() throws {
        let key = NewAPIKey().text
        let token = Self.token(#"{"jti":"x"}"#)
        let digest = NewAPIKey().digest
        let attempts: [(String, String, (String) throws -> Void)] = [
            (key, "that is an API key", { _ = try RevocationTarget.token($0) }),
            (key, "that is an API key itself: give the id", { _ = try RevocationTarget.key($0) }),
            (key, "that is an API key", { _ = try RevocationTarget.user($0) }),
            (String(repeating: "k3y-", count: 20), "give SHA-256 of its text", { _ = try RevocationTarget.token($0) }),
            (digest, "that looks like SHA-256 of a key", { _ = try RevocationTarget.key($0) }),
            (token, "that is a token", { _ = try RevocationTarget.key($0) }),
            (token, "that is a token", { _ = try RevocationTarget.user($0) }),
            (
                String(token.dropLast(20)).replacing(".", with: ""), "that begins like",
                { _ = try RevocationTarget.token($0) }
            ),
            ("some key!", "that is no id of a key's entry", { _ = try RevocationTarget.key($0) }),
            ("", "1 to 1024 bytes", { _ = try RevocationTarget.token($0) }),
            (String(repeating: "x", count: 1025), "1 to 1024 bytes", { _ = try RevocationTarget.user($0) }),
        ]
        for (text, words, attempt) in attempts {
            let refused = try #require(throws: RevocationTarget.Refused.self) { try attempt(text) }
            #expect(refused.description.hasPrefix(words) || refused.description.contains(words), "\(refused)")
            #expect(text.isEmpty || !refused.description.contains(text))
        }
    }

    @Test func idsAndUsersAreTaken() throws {
        #expect(try RevocationTarget.key("charts.v2") == .key("charts.v2"))
        #expect(try RevocationTarget.user("auth0|123") == .user("auth0|123"))
    }
}
