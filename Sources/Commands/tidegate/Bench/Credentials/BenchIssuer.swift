import Core
import Platform

/// Issues tokens for the time of one measurement: one for each client, which is a user of its own. A value.
struct BenchIssuer {
    private static let keyID = "bench"
    /// In seconds: longer than any measurement.
    private static let lifetime: Int64 = 7200

    private let key: BenchSigningKey
    private let issuedAt = WallClock.milliseconds() / 1000

    init(_ key: BenchSigningKey) { self.key = key }

    /// The text of a JWKS that verifies its tokens. For HS256 that is the secret.
    var keySet: String { #"{"keys":[{"kid":"\#(Self.keyID)",\#(key.keySetFields)}]}"# }

    func token(ofClient index: Int) throws -> String {
        let header = #"{"alg":"\#(key.algorithm)","kid":"\#(Self.keyID)","typ":"JWT"}"#
        let claims =
            #"{"sub":"client-\#(index)","roles":["reader"],"iat":\#(issuedAt),"exp":\#(issuedAt + Self.lifetime),"#
            + #""jti":"bench-\#(index)"}"#
        let content = [header, claims].map { Base64URL.encode(Array($0.utf8)) }.joined(separator: ".")
        let signature = try key.signature(of: Array(content.utf8))
        return "\(content).\(Base64URL.encode(signature))"
    }
}
