import Core
import Platform

/// The fields of the auth service's answer. One of a wrong type, or one that is there twice, is an error and never a wider
/// permission; `null` is as if it were not there.
struct ServiceFields {
    private var user: String?
    private var roles: [String] = []
    private var streams: [String]?
    private var pairs: [String]?
    private var limits = PrincipalLimits()
    private var issuedAt: Int64?
    private var expiresAt: Int64?

    static func read(_ cursor: inout JSONCursor) throws(JSONError) -> ServiceFields {
        var fields = ServiceFields()
        var seen: Set<String> = []
        try cursor.object { key, cursor throws(JSONError) in
            let name = try cursor.require(key.decoded)
            guard seen.insert(name).inserted else { throw JSONError(.unexpectedByte, at: cursor.position) }
            guard try cursor.peek() != .null else { return try cursor.skip() }
            try fields.take(name, &cursor)
        }
        guard fields.user != nil else { throw cursor.missingField() }
        return fields
    }

    /// - Parameter digest: Of the credential.
    func principal(_ digest: String) -> Principal {
        Principal(
            user: user,
            roles: Set(roles),
            grants: streams.map { StreamGrants($0, user: user) },
            pairs: pairs.map(Set.init),
            issuedAt: issuedAt,
            expiresAt: expiresAt,
            credential: .vouched(digest: digest),
            limits: limits
        )
    }

    private mutating func take(_ name: String, _ cursor: inout JSONCursor) throws(JSONError) {
        switch name {
        case "user":
            let text = try cursor.require(try cursor.string().decoded)
            // It becomes a part of stream names.
            guard UserPart(of: text) != nil, !APIKey.isOwnUser(text) else {
                throw JSONError(.wrongType, at: cursor.position)
            }
            user = text
        case "roles": roles = try Self.texts(&cursor)
        case "streams": streams = try Self.texts(&cursor)
        case "pairs": pairs = try Self.texts(&cursor).map(TradingPair.init(of:)).map(\.symbol)
        case "limits": limits = try Self.limits(&cursor)
        case "issued": issuedAt = try cursor.integer()
        case "expires": expiresAt = try cursor.integer()
        default: try cursor.skip()
        }
    }

    private static func texts(_ cursor: inout JSONCursor) throws(JSONError) -> [String] {
        var texts: [String] = []
        try cursor.array { cursor throws(JSONError) in
            texts.append(try cursor.require(try cursor.string().decoded))
        }
        return texts
    }

    private static func limits(_ cursor: inout JSONCursor) throws(JSONError) -> PrincipalLimits {
        var limits = PrincipalLimits()
        try cursor.object { key, cursor throws(JSONError) in
            if key.equals("subscriptions") {
                limits.subscriptions = try count(&cursor)
            } else if key.equals("messageRate") {
                limits.messageRate = try count(&cursor)
            } else if key.equals("connections") {
                limits.connections = try count(&cursor)
            } else {
                try cursor.skip()
            }
        }
        return limits
    }

    private static func count(_ cursor: inout JSONCursor) throws(JSONError) -> Int? {
        guard try cursor.peek() != .null else {
            try cursor.skip()
            return nil
        }
        let count = try cursor.integer()
        guard count >= 0 else { throw JSONError(.wrongType, at: cursor.position) }
        // More is no limit at all.
        return Int(min(count, 1_000_000))
    }
}
