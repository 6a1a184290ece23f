import EdgeNode
import Foundation
import Platform
import TestSupport
import Testing

/// Limits per address, over real sockets from several addresses of this machine.
@Suite(.timeLimit(.minutes(5))) struct AddressLimitTests {
    /// Connects from each address in turn, and keeps what it gets; a minus in front of one closes its first connection instead.
    /// Prints what became of each.
    private static let clients = """
        import ssl, sys
        from websockets.sync.client import connect
        from websockets.exceptions import InvalidStatus
        url, authority, *steps = sys.argv[1:]
        context = ssl.create_default_context(cafile=authority) if url.startswith("wss") else None
        forged = {"X-Forwarded-For": "203.0.113.77"}
        kept = {}
        for step in steps:
            if step[0] == "-":
                kept[step[1:]].pop(0).close()
                print("left")
                continue
            try:
                socket = connect(url, ssl=context, source_address=(step, 0), additional_headers=forged, proxy=None,
                    open_timeout=60)
                kept.setdefault(step, []).append(socket)
                print(101)
            except InvalidStatus as error:
                print(error.response.status_code, error.response.headers["Retry-After"])
            except Exception:
                print("closed")
        """

    private func withNode(
        _ bounds: AddressLimits.Bounds,
        isSecure: Bool = false,
        _ change: (inout EdgeNode.Configuration) -> Void = { _ in },
        _ body: (RunningNode, TestCertificateFiles) async throws -> Void
    ) async throws {
        let files = try TestCertificateFiles()
        defer { files.remove() }
        let certificate = try ServerCertificate(chainFile: files.certificate, keyFile: files.key)
        try await RunningNode.with {
            if isSecure { $0.certificate = certificate }
            $0.addressLimits = bounds
            change(&$0)
        } _: {
            try await body($0, files)
        }
    }

    private func run(_ url: String, _ files: TestCertificateFiles, _ steps: String...) async throws -> [String] {
        try await run(url, files, steps)
    }

    private func run(_ url: String, _ files: TestCertificateFiles, _ steps: [String]) async throws -> [String] {
        try await TestPython.run(Self.clients, [url, files.certificate] + steps)
    }

    @Test func oneThatIsTooManyIsToldByHTTP() async throws {
        try await withNode(AddressLimits.Bounds(connections: 2)) { node, files in
            let said = try await run(
                node.url,
                files,
                "127.0.0.9",
                "127.0.0.9",
                "127.0.0.9",
                "127.0.0.10",
                "127.0.0.9",
                "-127.0.0.10",
                "127.0.0.10"
            )
            #expect(said == ["101", "101", "429 10", "101", "429 10", "left", "101"])
            // All have left with their program: each has its places again.
            try await node.until { node.clients == 0 }
            let again = try await run(node.url, files, "127.0.0.9", "127.0.0.9", "127.0.0.9")
            #expect(again == ["101", "101", "429 10"])
        }
    }

    /// A handshake of TLS is what it would cost to say so.
    @Test func underTLSItIsClosedBeforeAByteIsRead() async throws {
        try await withNode(AddressLimits.Bounds(connections: 1), isSecure: true) { node, files in
            let url = "wss://localhost:\(node.port)/ws"
            let said = try await run(url, files, "127.0.0.9", "127.0.0.9", "127.0.0.10")
            #expect(said == ["101", "closed", "101"])
            let silent = """
                import socket, sys
                port = int(sys.argv[1])
                first = socket.create_connection(("127.0.0.1", port), source_address=("127.0.0.11", 0))
                second = socket.create_connection(("127.0.0.1", port), source_address=("127.0.0.11", 0))
                second.settimeout(60)
                try:
                    print(second.recv(1))
                except ConnectionResetError:
                    print(b"")
                """
            let read = try await TestPython.run(silent, ["\(node.port)"])
            #expect(read == ["b''"])
        }
    }

    @Test func clientsOfOneProxyAreToldApart() async throws {
        try await withNode(AddressLimits.Bounds(connections: 1)) {
            $0.trustedProxies = IPRanges.parse("127.0.0.1") ?? .none
        } _: { node, files in
            try await HAProxy.with(["mode http", "option forwardfor"], node: node.port) { port in
                let url = "ws://127.0.0.1:\(port)/ws"
                let said = try await run(url, files, "127.0.0.9", "127.0.0.9", "127.0.0.10", "127.0.0.10")
                #expect(said == ["101", "429 10", "101", "429 10"])
            }
        }
    }

    @Test func whoConnectsTooOftenIsToldWhenToComeAgain() async throws {
        try await withNode(AddressLimits.Bounds(rate: 1)) { node, files in
            let ten = Array(repeating: "127.0.0.9", count: 10)
            let said = try await run(node.url, files, ten)
            // How long it took nobody knows: but ten did not take ten seconds.
            #expect(said.first == "101" && said.contains("429 1"), "\(said)")
            #expect(said.allSatisfy { $0 == "101" || $0 == "429 1" }, "\(said)")
        }
    }
}
