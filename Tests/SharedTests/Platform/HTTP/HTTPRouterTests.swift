import NIOCore
import NIOHTTP1
import Testing

@testable import Platform

@Suite struct HTTPRouterTests {
    private let router = HTTPRouter([
        page("/"), page("/a"), page("/a", [.POST], wantedBody: 7), page("/s/{name}"), page("/s/{name}/b/{part}"),
        page("/s/fixed"),
    ])

    private static func page(_ path: String, _ methods: [HTTPMethod] = [.GET], wantedBody: Int = 0) -> TestPage {
        TestPage(path, methods, wantedBody: wantedBody) { request in
            let parameters = request.parameters.sorted { $0.key < $1.key }.map { " \($0)=\($1)" }.joined()
            return HTTPReply(.ok, text: "\(path)\(parameters)")
        }
    }

    private func answer(_ method: HTTPMethod, _ uri: String) -> HTTPReply? {
        let head = HTTPRequestHead(version: .http1_1, method: method, uri: uri)
        guard case .now(let reply) = router.answer(HTTPRequest(head: head)) else { return nil }
        return reply
    }

    @Test(
        arguments: [
            (.GET, "/", "/"), (.HEAD, "/a?x=1", "/a"), (.POST, "/a", "/a"), (.GET, "/s/x", "/s/{name} name=x"),
            (.GET, "/s/a%2Fb%c3%bc", "/s/{name} name=a/bü"), (.GET, "/s/x/b/y", "/s/{name}/b/{part} name=x part=y"),
            (.GET, "/s/fixed", "/s/{name} name=fixed"), (.GET, "http://h/s/x?y", "/s/{name} name=x"),
            (.GET, "/a/", nil), (.GET, "//", nil), (.GET, "/A", nil), (.GET, "/s/", nil), (.GET, "/s/%zz", nil),
            (.GET, "/s/%ff", nil), (.GET, "/s/%2", nil), (.GET, "/s/x/b", nil), (.GET, "*", nil), (.GET, "", nil),
        ] as [(HTTPMethod, String, String?)]
    )
    func eachTargetLeadsToItsPage(method: HTTPMethod, uri: String, page: String?) {
        let expected = page.map { HTTPReply(.ok, text: $0) } ?? .notFound
        #expect(answer(method, uri) == expected)
    }

    /// RFC 9110, 15.5.6: what would be right here; and of a method that nobody takes, what would be right anywhere.
    @Test(
        arguments: [
            (.POST, "/", "GET, HEAD"), (.DELETE, "/a", "GET, HEAD, POST"), (.DELETE, "/nothing", "GET, HEAD, POST"),
            (.OPTIONS, "*", "GET, HEAD, POST"),
        ] as [(HTTPMethod, String, String)]
    )
    func aMethodThatIsNotTakenIsToldWhichAre(method: HTTPMethod, uri: String, allowed: String) throws {
        let reply = try #require(answer(method, uri))
        #expect(reply.status == .methodNotAllowed)
        #expect(reply.headers.elementsEqual([("Allow", allowed)]) { $0 == $1 })
    }

    @Test(arguments: [(HTTPMethod.POST, "/a", 7), (.GET, "/a", 0), (.POST, "/nothing", 0)])
    func aBodyIsWantedWhereItsPageWantsIt(method: HTTPMethod, uri: String, bytes: Int) {
        #expect(router.wantedBody(of: HTTPRequestHead(version: .http1_1, method: method, uri: uri)) == bytes)
    }

    @Test func theQueryIsLeftAsItCame() {
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/a?b=%20?c")
        #expect(HTTPRequest(head: head).query == "b=%20?c")
        #expect(HTTPRequest(head: HTTPRequestHead(version: .http1_1, method: .GET, uri: "/a")).query == nil)
    }
}
