import Core
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
            json.string("kind", Self.kind(of: credential))
            json.string("credential", credential.text)
            if let address = origin.address { json.string("address", address) }
            if let page = origin.origin { json.string("origin", page) }
            json.string("path", origin.path)
        }
    }

    /// By it the answer is kept: of the kind and the credential.
    static func digest(of credential: Credential) -> CredentialDigest {
        CredentialDigest(of: "\(kind(of: credential))\n\(credential.text)")
    }

    private static func kind(of credential: Credential) -> String {
        switch credential {
        case .token: "token"
        case .apiKey: "api_key"
        }
    }
}
