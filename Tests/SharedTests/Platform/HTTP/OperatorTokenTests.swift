import FoundationEssentials
import NIOCore
import NIOHTTP1
import Testing

@testable import Platform

@Suite struct OperatorTokenTests {
    private static let secret = "sesame:open-sesame"

    private static func basic(_ pair: String) -> String { "Basic \(Data(pair.utf8).base64EncodedString())" }

    private static func answer(_ authorization: [String]) -> HTTPReply? {
        var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/metrics")
        for field in authorization { head.headers.add(name: "Authorization", value: field) }
        let page = TestPage("/metrics") { _ in HTTPReply(.ok, text: "numbers") }
        let pages: [any HTTPPage] = [page]
        guard
            case .now(let reply) = HTTPRouter(pages.guarded(by: OperatorToken(secret))).answer(HTTPRequest(head: head))
        else { return nil }
        return reply
    }

    @Test(
        arguments: [
            ["Bearer \(secret)"], ["bearer   \(secret)"], [basic("prometheus:\(secret)")], [basic(":\(secret)")],
        ]
    )
    func whoHasTheTokenIsAnswered(authorization: [String]) {
        #expect(Self.answer(authorization)?.status == .ok)
    }

    @Test(
        arguments: [
            [], [""], ["Bearer"], ["Bearer "], ["Bearer sesame"], ["Bearer \(secret)x"], ["Bearer x\(secret)"],
            ["Bearer \(secret)\(secret)"], ["Token \(secret)"], [secret], [basic(secret.replacing(":", with: "-"))],
            [basic("user:wrong")], ["Basic !"], ["Basic"], ["Bearer \(secret)", "Bearer \(secret)"],
        ]
    )
    func othersAreToldWhatToShow(authorization: [String]) throws {
        let reply = try #require(Self.answer(authorization))
        #expect(reply.status == .unauthorized)
        let schemes = reply.headers.filter { $0.0 == "WWW-Authenticate" }.map(\.1)
        #expect(schemes == [#"Bearer realm="tidegate""#, #"Basic realm="tidegate""#])
        #expect(!String(buffer: reply.body).contains("numbers"))
    }

    @Test func withoutATokenEverybodyIsAnswered() {
        let pages: [any HTTPPage] = [TestPage("/metrics") { _ in HTTPReply(.ok, text: "numbers") }]
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/metrics")
        guard case .now(let reply) = HTTPRouter(pages.guarded(by: nil)).answer(HTTPRequest(head: head)) else {
            Issue.record("it is not answered")
            return
        }
        #expect(reply.status == .ok)
    }

    @Test func itIsNeverPrinted() { #expect(!"\(OperatorToken(Self.secret))".contains("sesame")) }

    @Test(arguments: [("sixteen-letters!", true), ("fifteen-letters", false), ("with white space", false)])
    func aSettingThatIsNoSecretIsRefused(token: String, isTaken: Bool) {
        #expect(Settings.Admin.token.rule.accepts(token) == isTaken)
    }
}
