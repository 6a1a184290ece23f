import Core
import Crypto
import FoundationEssentials
import NIOCore

/// What the auth service is asked: a credential, and where it was shown. Pure.
///
/// ```json
/// {"kind":"token","credential":"...","address":"192.0.2.7","origin":"https://example.com","path":"/ws"}
/// ```
/// `kind` is `token` or `api_key`. `address` and `origin` are left out where they are not known.
struct ServiceQuestion {
    let credential: Credential
    let origin: CredentialOrigin

    var body: ByteBuffer {
        JSONWriter.object { json in
            json.string("kind", kind)
            json.string("credential", text)
            if let address = origin.address { json.string("address", address) }
            if let page = origin.origin { json.string("origin", page) }
            json.string("path", origin.path)
        }
    }

    /// By it the answer is kept: SHA-256 of the kind and the credential, in lower-case hexadecimal.
    static func digest(of credential: Credential) -> String {
        let question = ServiceQuestion(
            credential: credential,
            origin: CredentialOrigin(address: nil, origin: nil, path: "")
        )
        let digest = SHA256.hash(data: Array("\(question.kind)\n\(question.text)".utf8))
        return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private var kind: String {
        switch credential {
        case .token: "token"
        case .apiKey: "api_key"
        }
    }

    private var text: String {
        switch credential {
        case .token(let text), .apiKey(let text): text
        }
    }
}
