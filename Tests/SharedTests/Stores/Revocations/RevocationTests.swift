import NIOCore
import Stores
import Testing

@Suite struct RevocationTests {
    @Test(
        arguments: [
            (.user("auth0|é"), #"{"op":"revoke","user":"auth0|é","at":1,"until":2}"#),
            (.token("t"), #"{"op":"revoke","token":"t","at":1,"until":2}"#),
            (.key("k"), #"{"op":"revoke","key":"k","at":1,"until":2}"#),
        ] as [(Revocation.Subject, String)]
    )
    func isWrittenAndReadSo(_ subject: Revocation.Subject, _ text: String) {
        let revocation = Revocation(subject, at: 1, until: 2)
        #expect(String(buffer: revocation.encoded) == text)
        #expect(Revocation(ByteBuffer(string: text)) == revocation)
    }

    @Test(
        arguments: [
            "", "{}", #"{"op":"revoke","at":1,"until":2}"#, #"{"op":"publish","user":"u","at":1,"until":2}"#,
            #"{"op":"revoke","user":"u","key":"k","at":1,"until":2}"#, #"{"op":"revoke","user":"","at":1,"until":2}"#,
            #"{"op":"revoke","user":"u","at":1}"#, #"{"op":"revoke","user":1,"at":1,"until":2}"#,
            #"{"op":"revoke","user":"\#(String(repeating: "u", count: 1025))","at":1,"until":2}"#,
        ]
    )
    func whatIsNoneIsNotRead(_ text: String) { #expect(Revocation(ByteBuffer(string: text)) == nil) }

    @Test func aDigestIsTheSameInCapitals() {
        let digest = String(repeating: "AB", count: 32)
        #expect(Revocation(.token(digest), at: 0, until: 1).subject == .token(digest.lowercased()))
        #expect(Revocation(.token("AB"), at: 0, until: 1).subject == .token("AB"))
    }
}
