/// A kind of key. A key verifies with the algorithms of its family and with no others, whatever a token says of itself: so
/// a public key is never taken for a secret.
enum KeyFamily: String, Sendable {
    case hmac
    case rsa
    case p256
    case p384
    case p521
    case ed25519

    var algorithms: [TokenAlgorithm] { TokenAlgorithm.allCases.filter { $0.family == self } }
}
