import NIOHTTP1

@testable import Platform

/// A page whose answer the test gives.
struct TestPage: HTTPPage {
    let path: String
    var methods: [HTTPMethod] = [.GET]
    var wantedBody = 0
    let make: @Sendable (HTTPRequest) -> HTTPAnswer

    init(
        _ path: String,
        _ methods: [HTTPMethod] = [.GET],
        wantedBody: Int = 0,
        _ make: @escaping @Sendable (HTTPRequest) -> HTTPReply
    ) {
        self.path = path
        self.methods = methods
        self.wantedBody = wantedBody
        self.make = { .now(make($0)) }
    }

    /// Its answer takes its time.
    init(_ path: String, later answer: @escaping @Sendable () async -> HTTPReply) {
        self.path = path
        make = { _ in .later(answer) }
    }

    func answer(_ request: HTTPRequest) -> HTTPAnswer { make(request) }
}
