import Core
import NIOHTTP1
import Platform
import Stores

/// `/.well-known/tidegate-keys.json`: the public keys by which clients check signed messages, as a JWKS (RFC 7517 and 8037).
struct SigningKeysPage: HTTPPage {
    let path = "/.well-known/tidegate-keys.json"
    let keys: @Sendable () -> [SigningKey]

    func answer(_ request: HTTPRequest) -> HTTPAnswer { .now(reply) }

    private var reply: HTTPReply {
        let body = JSONWriter.object { json in
            json.array("keys", keys()) { json, key in
                json.string("kty", "OKP")
                json.string("crv", "Ed25519")
                json.string("use", "sig")
                json.string("alg", "EdDSA")
                json.string("kid", key.id)
                json.string("x", Base64URL.encode(key.publicKey))
            }
        }
        // A new key is told long before it signs.
        return HTTPReply(.ok, body: body, headers: [("Cache-Control", "public, max-age=300")])
    }
}
