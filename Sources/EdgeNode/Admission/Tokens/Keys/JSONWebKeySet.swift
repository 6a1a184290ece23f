import NIOCore

/// A JWKS (RFC 7517, section 5): the keys of it that tokens may be verified with. A value.
///
/// A key that can't be used is passed over, and said; a set without any that can is refused.
struct JSONWebKeySet: Sendable {
    /// Keys of any kind; a longer set is refused.
    static let maximumKeys = 100
    /// Bytes of its text.
    static let maximumLength = 1 << 20

    /// Why the whole is refused; completes "the keys ...".
    struct Refusal: Error, CustomStringConvertible {
        let description: String
    }

    let keys: [VerificationKey]
    /// What was passed over and should be put right, for the log.
    let remarks: [String]

    /// - Parameter takesSecrets: Whether nobody else can read it, so that a key may be a secret.
    init(_ text: ByteBuffer, takesSecrets: Bool) async throws(Refusal) {
        let entries = try Self.entries(text)
        var keys: [VerificationKey] = []
        var remarks: [String] = []
        for (index, entry) in entries.enumerated() {
            do {
                guard let key = try JSONWebKey(entry, takesSecrets: takesSecrets) else { continue }
                keys.append(try await VerificationKey(id: key.id, key.material, algorithm: key.algorithm))
            } catch {
                let reason = (error as? JSONWebKey.Unusable)?.reason ?? "it can't be used"
                remarks.append("keys[\(index)]: \(reason)")
            }
        }
        guard !keys.isEmpty else {
            let why = remarks.isEmpty ? "" : ": \(remarks.prefix(3).joined(separator: "; "))"
            throw Refusal(description: "it has no key that a token can be verified with\(why)")
        }
        self.keys = keys
        self.remarks = remarks
    }

    private static func entries(_ text: ByteBuffer) throws(Refusal) -> [ClaimValue] {
        switch ClaimValue.read(text) {
        case .failure(let error): throw Refusal(description: "it is not JSON: \(error)")
        case .success(.object(let fields)):
            guard case .list(let entries)? = fields["keys"] else {
                throw Refusal(description: "it is no JWKS: an object with a list \"keys\"")
            }
            guard entries.count <= maximumKeys else {
                throw Refusal(description: "it has more than \(maximumKeys) keys")
            }
            return entries
        case .success: throw Refusal(description: "it is no JWKS: an object with a list \"keys\"")
        }
    }
}
