import Core

@testable import EdgeNode

/// Resume tokens. Where the first byte is even the rest is one as a client sends it; where it is odd (`A`), its bytes,
/// which are then signed: so what is behind the signature is read too.
enum ResumeTokenTarget {
    private static let now: Int64 = 1_800_000_000_000
    private static let signer = ResumeTokenSigner(
        secret: "first:0123456789abcdef,second:fedcba9876543210",
        dialects: [.op, .action, .guide],
        lifetime: .seconds(600),
        maximumMessageBytes: 65_536
    )

    static func run(_ input: [UInt8]) throws -> Bool {
        let rest = Array(input.dropFirst())
        let isSigned = (input.first ?? 0) % 2 == 1
        let text = isSigned ? signer.sign(rest) : String(decoding: rest, as: UTF8.self)
        guard let token = try? signer.open(text, user: "u", at: now) else { return false }
        try BrokenPromise.unless(token.user.isEmpty || token.user == "u", "a token is its user's")
        try BrokenPromise.unless(abs(token.issuedAt - now) <= 600_000, "a token is within its time")
        for version in WireVersion.allCases {
            let again = signer.sign(token.encoded(as: version, keyID: "first"))
            let read = try? signer.open(again, user: "u", at: now)
            try BrokenPromise.unless(read == token, "made anew as version \(version.rawValue) a token is the same")
        }
        return true
    }
}
