import Testing

@testable import EdgeNode

/// What somebody may try who has no business at a node, or none with somebody else's orders, over real sockets: each is
/// refused with its exact status and words.
@Suite(.timeLimit(.minutes(5))) struct AttackTableTests {
    enum Refusal: Sendable {
        /// HTTP in place of the upgrade, with these words in its body.
        case status(UInt, String)
        /// The answer to the last request on a connection.
        case code(String)
    }

    struct Attack: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let refusal: Refusal
        let attempt: @Sendable (AttackStage) async throws -> AttackStage.Attempt

        static func sending(
            _ name: String,
            _ refusal: Refusal,
            _ attempt: @escaping @Sendable (AttackStage) async throws -> AttackStage.Attempt
        ) -> Attack { Attack(testDescription: name, refusal: refusal, attempt: attempt) }

        /// By a token that is no good.
        static func token(
            _ name: String,
            _ fault: TokenFault,
            _ token: @escaping @Sendable (AttackStage) throws -> String
        ) -> Attack { sending(name, .status(401, fault.reason)) { stage in .bearing(try token(stage)) } }

        /// By who may come in, with what he asks for then.
        static func asking(
            _ name: String,
            _ code: String,
            _ requests: @escaping @Sendable (AttackStage) async throws -> [String]
        ) -> Attack {
            sending(name, .code(code)) { stage in
                .bearing(try stage.token(of: "bob"), asking: try await requests(stage))
            }
        }
    }

    private static let tokens: [Attack] = [
        .token("alg none", .algorithm) { stage in
            let token = try stage.token(stage.claims(), header: #"{"alg":"none"}"#)
            let parts = token.split(separator: ".")
            return "\(parts[0]).\(parts[1])."
        },
        .token("the public RSA key as an HMAC secret, by its kid", .unverified) {
            $0.tokenByPublicKey(header: #"{"alg":"HS256","kid":"rsa"}"#)
        },
        .token("the public RSA key as an HMAC secret, without a kid", .unverified) {
            $0.tokenByPublicKey(header: #"{"alg":"HS256"}"#)
        },
        .token("the algorithm of another family of keys", .unverified) {
            try $0.token($0.claims(), header: #"{"alg":"RS256","kid":"ec"}"#)
        },
        .token("expired", .expired) {
            try $0.token(#"{"sub":"bob","iat":\#($0.now - 600),"exp":\#($0.now - 60),"iss":"issuer","aud":"us"}"#)
        },
        .token("from the future by nbf", .notYet) { try $0.token($0.claims("bob", #""nbf":\#($0.now + 300)"#)) },
        .token("from the future by iat", .fromTheFuture) {
            try $0.token(#"{"sub":"bob","iat":\#($0.now + 300),"exp":\#($0.now + 600),"iss":"issuer","aud":"us"}"#)
        },
        .token("without exp", .noExpiry) { try $0.token(#"{"sub":"bob","iss":"issuer","aud":"us"}"#) },
        .token("valid for a week", .lifetime) {
            try $0.token(#"{"sub":"bob","exp":\#($0.now + 604_800),"iss":"issuer","aud":"us"}"#)
        },
        .token("for another audience", .audience) {
            try $0.token(#"{"sub":"bob","exp":\#($0.now + 60),"iss":"issuer","aud":["them"]}"#)
        },
        .token("of another issuer", .issuer) {
            try $0.token(#"{"sub":"bob","exp":\#($0.now + 60),"iss":"evil","aud":"us"}"#)
        },
        .token("by a key of his own under a kid of ours", .unverified) {
            try IssuerKey("ec").token(header: #"{"alg":"ES256","kid":"ec"}"#, payload: $0.claims())
        },
        .token("a foreign kid", .unverified) { try $0.token($0.claims(), header: #"{"alg":"ES256","kid":"theirs"}"#) },
        .token("a kid with a path in it", .unverified) {
            try $0.token($0.claims(), header: #"{"alg":"ES256","kid":"../../../dev/null"}"#)
        },
        .token("a key of his own in the header", .unverified) {
            try $0.token($0.claims(), header: #"{"alg":"ES256","kid":"x","jwk":{"kty":"oct","k":"AAAA"}}"#)
        },
        .token("an extension that must be understood", .critical) {
            try $0.token($0.claims(), header: #"{"alg":"ES256","kid":"ec","crit":["b64"],"b64":false}"#)
        },
        .token("alg twice", .duplicate) { try $0.token($0.claims(), header: #"{"alg":"ES256","alg":"none"}"#) },
        .token("sub twice", .duplicate) { try $0.token($0.claims("bob", #""sub":"ann""#)) },
        .token("no user", .user) { try $0.token($0.claims("")) },
        .token("streams that are no list", .claim("streams")) { try $0.token($0.claims("bob", #""streams":{}"#)) },
        .token("cut off in its signature", .unverified) { String(try $0.token(of: "ann").dropLast(2)) },
        .token("without its signature", .malformed) { stage in
            let token = try stage.token(of: "ann")
            return String(token.prefix(upTo: token.lastIndex(of: ".") ?? token.endIndex))
        },
        .token("with the claims of another", .unverified) { stage in
            let (his, hers) = (try stage.token(of: "bob"), try stage.token(of: "ann"))
            let (own, other) = (his.split(separator: "."), hers.split(separator: "."))
            return "\(own[0]).\(other[1]).\(own[2])"
        },
        .token("padded", .malformed) { try $0.token(of: "bob") + "==" },
        .token("no token at all", .malformed) { _ in "x" },
    ]

    private static let requests: [Attack] = [
        .sending("no credential", .status(401, "send a token")) { _ in AttackStage.Attempt() },
        .sending("a password", .status(401, "send a token")) { _ in
            AttackStage.Attempt(headers: [("Authorization", "Basic Ym9iOmJvYg==")])
        },
        .sending("an empty token", .status(401, "there is no credential in")) { _ in .bearing("") },
        .sending("an API key where none is taken", .status(401, "an API key is not taken here")) { _ in
            AttackStage.Attempt(target: "/ws/some-key")
        },
        .sending("two tokens, both good", .status(400, "different credentials")) { stage in
            AttackStage.Attempt(
                target: "/ws?token=\(try stage.token(of: "ann"))",
                headers: [("Authorization", "Bearer \(try stage.token(of: "bob"))")]
            )
        },
        .sending("a bad token in the query", .status(401, TokenFault.malformed.reason)) { _ in
            AttackStage.Attempt(target: "/ws?token=a.b")
        },
        .sending("a bad token as a subprotocol", .status(401, TokenFault.malformed.reason)) { _ in
            AttackStage.Attempt(headers: [("Sec-WebSocket-Protocol", "bearer, a.b")])
        },
        .sending("a token of 64 KB", .status(431, "Request header fields too large")) { stage in
            .bearing(try stage.token(stage.claims("bob", #""more":"\#(String(repeating: "x", count: 49_000))""#)))
        },
        .sending("a token of 64 KB in the query", .status(414, "Request target too long")) { stage in
            let claims = stage.claims("bob", #""more":"\#(String(repeating: "x", count: 49_000))""#)
            return AttackStage.Attempt(target: "/ws?token=\(try stage.token(claims))")
        },
    ]

    private static let others: [Attack] = [
        .asking("another's orders by subscribe", "FORBIDDEN") { _ in [#"{"op":"subscribe","args":["orders.ann"]}"#] },
        .asking("another's orders in the other dialect", "FORBIDDEN") { _ in
            [#"{"action":"subscribe","streams":["orders.ann"]}"#]
        },
        .asking("another's orders by resume", "FORBIDDEN") { _ in
            [#"{"op":"resume","positions":{"orders.ann":{"epoch":1,"sequence":0}}}"#]
        },
        .asking("another's orders by another's resume token", "INVALID_RESUME_TOKEN") { stage in
            [#"{"op":"resume","token":"\#(try await stage.resumeTokenOfAnn())"}"#]
        },
        .asking("refresh to another user", "UNAUTHORIZED") { stage in
            [#"{"op":"auth","token":"\#(try stage.token(of: "ann"))"}"#]
        },
        .asking("another's orders behind a refresh to another user", "FORBIDDEN") { stage in
            [
                #"{"op":"auth","token":"\#(try stage.token(of: "ann"))"}"#,
                #"{"op":"subscribe","args":["orders.ann"]}"#,
            ]
        },
        .asking("refresh by a forged token", "UNAUTHORIZED") { stage in
            let forged = stage.tokenByPublicKey(header: #"{"alg":"HS256"}"#)
            return [#"{"op":"auth","token":"\#(forged)"}"#]
        },
        // A good one, but for its length.
        .asking("refresh by a token of 20 KB", "UNAUTHORIZED") { stage in
            let claims = stage.claims("bob", #""more":"\#(String(repeating: "x", count: 15_000))""#)
            return [#"{"op":"auth","token":"\#(try stage.token(claims))"}"#]
        },
        .sending("everybody's orders by a name that is a pattern", .code("FORBIDDEN")) { stage in
            .bearing(try stage.token(of: "*"), asking: [#"{"op":"subscribe","args":["orders.ann"]}"#])
        },
        .sending("another's orders by a claim that names them", .code("FORBIDDEN")) { stage in
            let token = try stage.token(stage.claims("bob", #""streams":["orders.ann","orders.*"]"#))
            return .bearing(token, asking: [#"{"op":"subscribe","args":["orders.ann"]}"#])
        },
    ]

    @Test(arguments: tokens + requests + others) func itIsRefused(_ attack: Attack) async throws {
        try await AttackStage.with { stage in
            let attempt = try await attack.attempt(stage)
            let outcome = try await stage.outcome(of: attempt)
            switch (attack.refusal, outcome) {
            case (.status(let status, let words), .refused(let given, let body)):
                #expect(given == status && body.contains(words), "\(given) \(body)")
                let texts = attempt.headers.map(\.1) + [attempt.target]
                let shown = texts.flatMap { $0.split { " ,=&".contains($0) } }.filter { $0.count > 20 }
                #expect(!shown.contains { body.contains($0) }, "what was shown is not told back")
                try await stage.node.until { stage.node.clients == 0 }
            case (.code(let code), .letIn(let given)): #expect(given == code)
            case (_, let outcome): Issue.record("\(outcome)")
            }
        }
    }

    /// Else everything above could be refused for another reason.
    @Test func whoHasBusinessThereIsLetIn() async throws {
        try await AttackStage.with { stage in
            let token = try stage.token(of: "ann")
            let attempts: [AttackStage.Attempt] = [
                .bearing(token), AttackStage.Attempt(target: "/ws?token=\(token)"),
                AttackStage.Attempt(headers: [("Sec-WebSocket-Protocol", "bearer, \(token)")]),
            ]
            for attempt in attempts {
                var attempt = attempt
                attempt.requests = [
                    #"{"op":"subscribe","args":["orders.ann"]}"#, #"{"op":"auth","token":"\#(token)"}"#,
                ]
                #expect(try await stage.outcome(of: attempt) == .letIn(code: "success"))
            }
            let first = AttackStage.Attempt(
                headers: [("Authorization", "Bearer \(token)")],
                requests: [#"{"op":"resume","token":"\#(try await stage.resumeTokenOfAnn())"}"#]
            )
            #expect(try await stage.outcome(of: first) == .letIn(code: "success"))
        }
    }
}

extension AttackStage.Attempt {
    fileprivate static func bearing(_ token: String, asking requests: [String] = []) -> Self {
        Self(headers: [("Authorization", "Bearer \(token)")], requests: requests)
    }
}
