import Testing

@testable import EdgeNode

@Suite struct CredentialDigestTests {
    /// The digest of `abc` is in FIPS 180-2; `printf %s abc | sha256sum` says the same.
    @Test func theDigestIsSHA256OfTheText() {
        let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(CredentialDigest(of: "abc").hexadecimal == text)
        #expect(CredentialDigest(hexadecimal: text.uppercased()) == CredentialDigest(of: "abc"))
        #expect(
            CredentialDigest(hexadecimal: "x" + text.dropFirst()) == nil && CredentialDigest(hexadecimal: "") == nil
        )
    }

    /// Also where only one of its words is another.
    @Test(arguments: [0, 15, 16, 31, 32, 47, 48, 63])
    func aDigestThatIsOffByOneDigitIsAnother(place: Int) throws {
        var digits = Array(CredentialDigest(of: "abc").hexadecimal)
        digits[place] = digits[place] == "0" ? "1" : "0"
        #expect(try #require(CredentialDigest(hexadecimal: String(digits))) != CredentialDigest(of: "abc"))
    }
}
