import JWTKit
import Testing

@testable import EdgeNode

/// A public key is read by its kind; what is none is refused in words.
@Suite(.timeLimit(.minutes(5))) struct PublicKeyPEMTests {
    @Test func eachKindIsRead() throws {
        let maker = try TokenMaker.make()
        let keys: [(String, KeyFamily)] = [
            (maker.rsa.publicKey.pemRepresentation, .rsa), (maker.p256.publicKey.pemRepresentation, .p256),
            (maker.p384.publicKey.pemRepresentation, .p384), (maker.p521.publicKey.pemRepresentation, .p521),
            (maker.ed25519.publicKey.pemRepresentation, .ed25519),
        ]
        for (text, family) in keys { #expect(try PublicKeyPEM.read(text).family == family) }
    }

    @Test func aPrivateKeyIsRefused() throws {
        let maker = try TokenMaker.make()
        for text in [maker.rsa.pemRepresentation, maker.p256.pemRepresentation, maker.ed25519.pemRepresentation] {
            let refusal = #expect(throws: PublicKeyPEM.Refusal.self) { try PublicKeyPEM.read(text) }
            #expect(refusal?.description.contains("private key") == true)
        }
    }

    @Test(arguments: ["", "ssh-ed25519 AAAA", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"])
    func whatIsNoKeyIsRefused(_ text: String) {
        #expect(throws: PublicKeyPEM.Refusal.self) { try PublicKeyPEM.read(text) }
    }
}
