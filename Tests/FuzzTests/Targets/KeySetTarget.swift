import NIOCore

@testable import EdgeNode

/// Sets of keys, as a server of keys hands them out; where the first byte is odd (`A`), as they stand in a file of the
/// operator's.
enum KeySetTarget {
    static func run(_ input: [UInt8]) async throws -> Bool {
        let isSecret = (input.first ?? 0) % 2 == 1
        let text = ByteBuffer(bytes: input.dropFirst())
        guard let set = try? await JSONWebKeySet(text, takesSecrets: isSecret) else { return false }
        let count = set.keys.count
        try BrokenPromise.unless((1...JSONWebKeySet.maximumKeys).contains(count), "a set is within its bounds")
        let hasSecret = set.keys.contains { key in KeyFamily.hmac.algorithms.contains { key.fits($0) } }
        try BrokenPromise.unless(isSecret || !hasSecret, "a secret is not taken from where everybody may read it")
        return true
    }
}
