import EdgeNode
import Foundation
import Platform
import TestSupport
import Testing

/// A client behind a real HAProxy is who it is, by whichever way the proxy says so, and speaks with the node as ever.
@Suite(.timeLimit(.minutes(5))) struct ProxiedClientTests {
    /// Comes from an address of its own, says that it is somebody else, and asks for a pong. Prints what it gets, or that it
    /// was closed.
    private static let client = """
        import sys
        from websockets.exceptions import InvalidStatus
        from websockets.sync.client import connect
        url, address = sys.argv[1:]
        forged = {"X-Forwarded-For": "203.0.113.77", "Forwarded": "for=203.0.113.77"}
        if "forwardfor" in url:
            del forged["Forwarded"]
        try:
            with connect(url, source_address=(address, 0), additional_headers=forged, proxy=None, open_timeout=60) as socket:
                socket.send('{"op":"ping"}')
                print(socket.recv(60))
        except InvalidStatus as error:
            print(error.response.status_code)
        except Exception:
            print("closed")
        """

    struct Way: Sendable, CustomTestStringConvertible {
        let settings: [String]
        let server: String
        var isSecure = false
        var usesProxyProtocol: Bool { server.contains("send-proxy") }
        var testDescription: String { "\(settings.joined(separator: ", ")) \(server)" }
    }

    private static let ways = [
        Way(settings: ["mode tcp"], server: "send-proxy"),
        Way(settings: ["mode tcp"], server: "send-proxy-v2"),
        Way(settings: ["mode http"], server: "send-proxy-v2"),
        Way(settings: ["mode tcp"], server: "send-proxy ssl verify none", isSecure: true),
        Way(settings: ["mode tcp"], server: "send-proxy-v2 ssl verify none", isSecure: true),
        Way(settings: ["mode http", "option forwardfor"], server: ""),
        Way(settings: ["mode http", "option forwardfor"], server: "ssl verify none", isSecure: true),
    ]

    /// Lets everybody in, and writes down from where they come.
    private struct Register: Admission {
        let addresses = Inbox<String>()

        func decideAtOnce(_ request: UpgradeRequest) -> Result<Admitted, HTTPReply>? {
            addresses.append([request.address.map { "\($0)" } ?? "?"])
            return .success(.anonymous)
        }

        func admit(_ request: UpgradeRequest) async -> Result<Admitted, HTTPReply> { .success(.anonymous) }
    }

    private func withNode(_ way: Way?, _ body: (RunningNode, Register) async throws -> Void) async throws {
        let files = way?.isSecure == true ? try TestCertificateFiles() : nil
        defer { files?.remove() }
        let certificate = try files.map { try ServerCertificate(chainFile: $0.certificate, keyFile: $0.key) }
        let register = Register()
        try await RunningNode.with {
            $0.admission = register
            $0.certificate = certificate
            $0.trustedProxies = IPRanges.parse("127.0.0.1") ?? .none
            $0.speaksProxyProtocol = way?.usesProxyProtocol ?? true
        } _: {
            try await body($0, register)
        }
    }

    @Test(arguments: ways) func aClientHasItsOwnAddressAndItsMessagesGoThrough(_ way: Way) async throws {
        try await withNode(way) { node, register in
            try await HAProxy.with(way.settings, server: way.server, node: node.port) { port in
                let url = "ws://127.0.0.1:\(port)/ws" + (way.usesProxyProtocol ? "" : "?forwardfor")
                let lines = try await TestPython.run(Self.client, [url, "127.0.0.9"])
                #expect(lines.first?.contains(#""op":"pong""#) == true, "\(lines)")
                #expect(await register.addresses.elements(atLeast: 1) == ["127.0.0.9"])
            }
        }
    }

    /// They are connections of its own, which say LOCAL; were they not answered it would send nobody here.
    @Test func theProxysOwnChecksAreAnswered() async throws {
        let upgrade =
            "http-check send meth GET uri /ws ver HTTP/1.1 hdr Host node hdr Upgrade websocket hdr Connection Upgrade "
            + "hdr Sec-WebSocket-Version 13 hdr Sec-WebSocket-Key dGhlIHNhbXBsZSBub25jZQ=="
        try await withNode(nil) { node, register in
            try await HAProxy.with(
                ["mode http", "option httpchk", upgrade, "http-check expect status 101"],
                server: "send-proxy-v2 check check-send-proxy inter 100ms",
                node: node.port
            ) { port in
                let checks = await register.addresses.elements(atLeast: 5)
                #expect(checks.allSatisfy { $0 == "127.0.0.1" })
                let lines = try await TestPython.run(Self.client, ["ws://127.0.0.1:\(port)/ws", "127.0.0.9"])
                #expect(lines.first?.contains(#""op":"pong""#) == true, "\(lines)")
                #expect(register.addresses.elements.contains("127.0.0.9"))
            }
        }
    }

    @Test(arguments: ["127.0.0.1", "127.0.0.9"]) func whoSendsNoHeaderIsClosed(from address: String) async throws {
        try await withNode(nil) { node, register in
            let said = try await TestPython.run(Self.client, [node.url, address])
            #expect(said == ["closed"])
            #expect(register.addresses.elements.isEmpty && node.clients == 0)
        }
    }

    /// A proxy that is none of ours may say what it likes.
    @Test func aProxyThatIsNotTrustedIsClosed() async throws {
        let register = Register()
        try await RunningNode.with {
            $0.admission = register
            $0.trustedProxies = IPRanges.parse("127.0.0.2") ?? .none
            $0.speaksProxyProtocol = true
        } _: { node in
            try await HAProxy.with(["mode tcp"], server: "send-proxy", node: node.port) { port in
                let lines = try await TestPython.run(Self.client, ["ws://127.0.0.1:\(port)/ws", "127.0.0.9"])
                #expect(lines == ["closed"] && register.addresses.elements.isEmpty)
            }
        }
    }
}
