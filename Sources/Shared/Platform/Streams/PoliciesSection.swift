import Core

/// The section `policies` of the document: who may read which streams.
///
/// ```yaml
/// policies:
///   - streams: orders.{user}
///     access: owner
///   - streams: desk.*
///     access: role:trader
///   - streams: ticker.*
///     access: public
/// ```
/// The first that fits a stream counts. One that none fits is as its kind is: the exchange's streams are public, `orders` are
/// their owner's.
package struct PoliciesSection: DocumentSection {
    package static let key = "policies"

    package let policies: [AccessPolicy]
    /// Where the pattern of each stands.
    package let lines: [Int?]

    package init(_ node: DocumentNode) throws(DocumentError) {
        var patterns: Set<String> = []
        var lines: [Int?] = []
        policies = try node.entries { entry throws(DocumentError) in
            let fields = try entry.fields(requiring: ["streams", "access"])
            let streams = try fields.required("streams")
            let policy = try Self.policy(streams, try Self.rule(try fields.required("access")))
            guard patterns.insert(policy.description).inserted else {
                throw streams.refusal("is there twice: the first would count")
            }
            lines.append(streams.line)
            return policy
        }
        self.lines = lines
    }

    private static let words: [String: AccessPolicy.Rule] = [
        "public": .everybody, "authenticated": .authenticated, "owner": .owner,
    ]

    private static func policy(
        _ node: DocumentNode,
        _ rule: AccessPolicy.Rule
    ) throws(DocumentError) -> AccessPolicy {
        let text = try node.text()
        do throws(AccessPolicy.Malformed) {
            return try AccessPolicy(text, rule)
        } catch {
            throw node.refusal("makes no sense: \(error)")
        }
    }

    private static func rule(_ node: DocumentNode) throws(DocumentError) -> AccessPolicy.Rule {
        let text = try node.text()
        if text.hasPrefix("role:") {
            let role = text.dropFirst("role:".count)
            guard !role.isEmpty else { throw node.refusal("names no role: it is role:NAME") }
            return .role(String(role))
        }
        guard let rule = Self.words[text] else {
            throw node.refusal("is none of public, authenticated, owner, role:NAME")
        }
        return rule
    }
}
