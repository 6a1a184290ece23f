import NIOHTTP1

/// A page that only who has the token may see; 401 for others.
package struct OperatorPage: HTTPPage {
    private let page: any HTTPPage
    private let token: OperatorToken

    package init(_ page: any HTTPPage, token: OperatorToken) {
        self.page = page
        self.token = token
    }

    package var path: String { page.path }
    package var methods: [HTTPMethod] { page.methods }
    package var wantedBody: Int { page.wantedBody }

    package func answer(_ request: HTTPRequest) -> HTTPAnswer {
        guard token.admits(request.headers) else { return .now(Self.refusal) }
        return page.answer(request)
    }

    private static let refusal = HTTPReply(
        .unauthorized,
        error: "Unauthorized",
        reason: "show ADMIN_TOKEN as a bearer's token, or as the password of any user",
        headers: [
            ("WWW-Authenticate", "Bearer realm=\"tidegate\""), ("WWW-Authenticate", "Basic realm=\"tidegate\""),
        ]
    )
}

extension [any HTTPPage] {
    /// The same pages, for operators only where there is a token.
    package func guarded(by token: OperatorToken?) -> Self {
        guard let token else { return self }
        return map { OperatorPage($0, token: token) }
    }
}
