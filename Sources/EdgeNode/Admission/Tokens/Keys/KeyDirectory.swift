import NIOCore
import Platform

/// Where keys are published: the address of a JWKS, or an OpenID provider that says where its own is. A value.
struct KeyDirectory: Sendable {
    /// Why keys could not be had; for the log.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private enum Place: Sendable {
        case set(HTTPAddress)
        case provider(issuer: String, discovery: HTTPAddress)
    }

    private let place: Place
    private let client: HTTPGet

    init(set address: HTTPAddress, client: HTTPGet) {
        place = .set(address)
        self.client = client
    }

    /// - Parameter issuer: As its tokens have it in `iss`.
    init(issuer: String, client: HTTPGet) throws(HTTPAddress.Malformed) {
        _ = try HTTPAddress(issuer)
        let base = issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer
        place = .provider(issuer: issuer, discovery: try HTTPAddress("\(base)/.well-known/openid-configuration"))
        self.client = client
    }

    /// The address that is asked first, for the log.
    var source: String {
        switch place {
        case .set(let address): address.description
        case .provider(_, let discovery): discovery.description
        }
    }

    /// Whether everybody on the way can put other keys in their place.
    var isOpen: Bool {
        switch place {
        case .set(let address): !address.host.isSecure
        case .provider(_, let discovery): !discovery.host.isSecure
        }
    }

    /// Two questions at most, each within the client's time and length.
    func fetch() async throws -> FetchedKeys {
        let answer = try await get(try await address())
        do {
            let set = try await JSONWebKeySet(answer.body, takesSecrets: false)
            let lifetime = answer.cacheControl.flatMap { CacheControl.lifetime($0) }
            return FetchedKeys(keys: set.keys, remarks: set.remarks, lifetime: lifetime)
        } catch {
            throw Failure(description: "the set of keys is refused: \(error)")
        }
    }

    /// A provider is asked each time: it may move its keys.
    private func address() async throws -> HTTPAddress {
        switch place {
        case .set(let address): return address
        case .provider(let issuer, let discovery):
            let answer = try await get(discovery)
            guard case .success(.object(let fields)) = ClaimValue.read(answer.body) else {
                throw Failure(description: "\(discovery) is no JSON object")
            }
            guard fields["issuer"] == .text(issuer) else {
                throw Failure(description: "\(discovery) names another issuer than OIDC_ISSUER, which is \(issuer)")
            }
            guard case .text(let text)? = fields["jwks_uri"], let address = try? HTTPAddress(text) else {
                throw Failure(description: "\(discovery) does not say where the keys are (jwks_uri)")
            }
            guard address.host.isSecure || !discovery.host.isSecure else {
                throw Failure(description: "\(discovery) has its keys at an address without TLS")
            }
            return address
        }
    }

    private func get(_ address: HTTPAddress) async throws -> HTTPGet.Answer {
        let answer = try await client.ask(address.host, address.target)
        guard answer.status == 200 else {
            let isElsewhere = (300..<400).contains(answer.status)
            let advice = isElsewhere ? ", and is not followed: give the address that it leads to" : ""
            throw Failure(description: "\(address) answered \(answer.status)\(advice)")
        }
        return answer
    }
}
