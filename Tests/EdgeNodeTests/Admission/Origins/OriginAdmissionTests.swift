import NIOCore
import NIOHTTP1
import Platform
import Synchronization
import Testing

@testable import EdgeNode

@Suite("Pages of origins that are not allowed get 403, and nobody is asked who they are")
struct OriginAdmissionTests {
    private let counters = RefusalCounters()
    private let door = Doorkeeper()

    private func request(_ origins: [String]) -> UpgradeRequest {
        let headers = HTTPHeaders(origins.map { ("Origin", $0) })
        return UpgradeRequest(
            head: HTTPRequestHead(version: .http1_1, method: .GET, uri: "/ws", headers: headers),
            peer: nil
        )
    }

    private func admission(_ allowed: String?) throws -> OriginAdmission {
        let patterns = try allowed.map { try #require(OriginPatterns.parse($0)) }
        return OriginAdmission(door, allowed: patterns, counters: counters)
    }

    @Test(
        arguments: [
            ("https://app.example.com", ["https://app.example.com"]),
            ("https://app.example.com", ["HTTPS://APP.example.com"]),
            ("https://a.net,https://*.example.com", ["https://x.example.com"]),
            // No browser: a program could send whichever it likes.
            ("https://app.example.com", []),
            // The setting is not set.
            (nil, ["https://anybody.example"]), (nil, ["https://a.net", "https://b.net"]), (nil, ["nonsense"]),
        ] as [(String?, [String])]
    )
    func areLetIn(allowed: String?, origins: [String]) async throws {
        let admission = try admission(allowed)
        #expect(admission.decideAtOnce(request(origins)) == nil, "it is the next one's to decide")
        door.decide(.success(.anonymous))
        _ = try await admission.admit(request(origins)).get()
        #expect(door.asked.load(ordering: .relaxed) == 1 && counters.origin.get() == 0)
    }

    @Test(
        arguments: [
            ("https://app.example.com", ["https://evil.example"]),
            // By its scheme, its port, and by what stands before and behind.
            ("https://app.example.com", ["http://app.example.com"]),
            ("https://app.example.com", ["https://app.example.com:8443"]),
            ("https://*.example.com", ["https://example.com"]),
            ("https://*.example.com", ["https://x.example.com.evil.example"]),
            ("https://*.example.com", ["https://evilexample.com"]),
            // What is no origin; a page out of a sandbox.
            ("https://app.example.com", [""]), ("https://app.example.com", ["null"]),
            ("https://app.example.com", ["https://app.example.com, https://evil.example"]),
            // No browser sends two: which one would be meant?
            ("https://app.example.com", ["https://app.example.com", "https://evil.example"]),
            ("https://app.example.com", ["https://app.example.com", "https://app.example.com"]),
        ] as [(String, [String])]
    )
    func areRefused(allowed: String, origins: [String]) async throws {
        let admission = try admission(allowed)
        door.decide(.success(.anonymous))
        let decisions = [admission.decideAtOnce(request(origins)), await admission.admit(request(origins))]
        for decision in decisions {
            guard case .failure(let reply)? = decision else {
                Issue.record("it was not refused")
                return
            }
            #expect(reply.status == .forbidden)
            let body = String(buffer: reply.body)
            #expect(body.contains(#""error":"origin not allowed""#) && body.contains("ALLOWED_ORIGINS"))
            // What a page says of itself is in no log.
            #expect(reply.remark?.contains("ALLOWED_ORIGINS") == true && reply.remark?.contains("evil") == false)
        }
        #expect(door.asked.load(ordering: .relaxed) == 0 && counters.origin.get() == 2)
    }

    /// Who may not come because of its page is told so, whatever the next one would say.
    @Test func overTheGateway() async throws {
        let fixture = EdgeFixture()
        let client = try await GatewayClient(fixture, admission: admission("https://app.example.com"))
        let answer = try await client.get("/ws", GatewayClient.upgrade + "Origin: https://evil.example\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 403 Forbidden\r\n"))
        #expect(fixture.node.clients.get() == 0)
    }
}
