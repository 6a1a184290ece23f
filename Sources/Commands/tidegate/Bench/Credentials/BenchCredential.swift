/// What the clients of a measurement show at the handshake. The raw value is what its figures are called.
enum BenchCredential: String, CaseIterable {
    case anonymous
    case hs256 = "HS256"
    case es256 = "ES256"
    case edDSA = "EdDSA"
    case apiKey = "API key"

    /// Whether a node verifies a signature the first time and remembers whose it was.
    var isRemembered: Bool {
        switch self {
        case .anonymous, .apiKey: false
        case .hs256, .es256, .edDSA: true
        }
    }
}
