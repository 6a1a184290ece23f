import FoundationEssentials
import JWTKit

/// A key that tokens are verified with: what it is called, and what it may be used for. Immutable; any thread.
struct VerificationKey: Sendable {
    /// Its `kid`; nil where it has none, and then only tokens without one are verified with it.
    let id: String?
    private let verifiers: [TokenAlgorithm: any JWTAlgorithm]
    private let fingerprint: String

    /// - Parameter algorithm: The only one that it may be used with; nil for all that fit.
    init(id: String?, _ material: KeyMaterial, algorithm: TokenAlgorithm? = nil) async throws {
        self.id = id
        var verifiers: [TokenAlgorithm: any JWTAlgorithm] = [:]
        for fitting in material.algorithms where algorithm == nil || algorithm == fitting {
            verifiers[fitting] = try await material.verifier(fitting)
        }
        self.verifiers = verifiers
        let names = verifiers.keys.map(\.rawValue).sorted().joined(separator: " ")
        fingerprint = "\(names)\n\(material.fingerprint)"
    }

    func fits(_ algorithm: TokenAlgorithm) -> Bool { verifiers[algorithm] != nil }

    /// Whether it has signed the token, by the algorithm that the token names. Takes up to some hundred microseconds.
    func hasSigned(_ token: CompactToken) -> Bool {
        guard let verifier = verifiers[token.header.algorithm] else { return false }
        // It throws for a signature of a wrong form.
        return (try? verifier.verify(token.signature, signs: token.content)) ?? false
    }
}

extension VerificationKey: Hashable {
    static func == (left: Self, right: Self) -> Bool {
        left.id == right.id && left.fingerprint == right.fingerprint
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(id)
        hasher.combine(fingerprint)
    }
}
