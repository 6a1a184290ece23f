import EdgeNode
import Foundation
import TestSupport
import Testing

/// What openssl's and Python's TLS make of a node.
@Suite(.timeLimit(.minutes(5))) struct TLSClientTests {
    private func withNode(
        _ log: CollectedLog = CollectedLog(),
        _ body: (RunningNode, TestCertificateFiles) async throws -> Void
    ) async throws {
        let files = try TestCertificateFiles()
        defer { files.remove() }
        let certificate = try ServerCertificate(
            chainFile: files.certificate,
            keyFile: files.key,
            interval: .milliseconds(20),
            logger: log.logger
        )
        try await RunningNode.with {
            $0.certificate = certificate
        } _: {
            try await body($0, files)
        }
    }

    /// All that `openssl s_client` says of a connection.
    private func openssl(_ port: Int, _ options: String...) async throws -> String {
        let child = try SpawnedChild(
            "/usr/bin/env",
            ["openssl", "s_client", "-connect", "127.0.0.1:\(port)", "-servername", "localhost"] + options,
            environment: ProcessInfo.processInfo.environment
        )
        child.closeInput()
        return await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                var lines: [String] = []
                child.output.forEachLine { lines.append($0) }
                child.errors.forEachLine { lines.append($0) }
                _ = child.waitForEnd()
                continuation.resume(returning: lines.joined(separator: "\n"))
            }
        }
    }

    @Test func modernTLSIsSpokenAndHTTP11Chosen() async throws {
        try await withNode { node, _ in
            let alpn = ["-alpn", "h2,http/1.1"]
            for (version, words) in [("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")] {
                let said = try await openssl(node.port, version, alpn[0], alpn[1])
                #expect(
                    said.contains("New, \(words), Cipher is ") && said.contains("ALPN protocol: http/1.1"),
                    "\(said)"
                )
            }
            for cipher in ["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"] {
                let said = try await openssl(node.port, "-tls1_2", "-cipher", cipher)
                #expect(said.contains("Cipher is \(cipher)"), "\(said)")
            }
        }
    }

    @Test(arguments: [
        ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"], ["-tls1", "-cipher", "ALL:@SECLEVEL=0"],
        // No authenticated encryption; no forward secrecy.
        ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-SHA"], ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA256"],
        ["-tls1_2", "-cipher", "AES128-GCM-SHA256"],
    ])
    func whatIsOldIsRefused(_ options: [String]) async throws {
        try await withNode { node, _ in
            let said = try await openssl(node.port, options[0], options[1], options[2])
            #expect(said.contains("Cipher is (NONE)") && said.contains("alert"), "\(said)")
        }
    }

    /// Connects as often as it is told to by a line, and prints what it was shown and what it got; the connections stay.
    private static let client = """
        import ssl, sys
        from websockets.sync.client import connect
        url = sys.argv[1]
        sockets = []
        for line in sys.stdin:
            context = ssl.create_default_context(cafile=line.strip())
            context.set_alpn_protocols(["h2", "http/1.1"])
            socket = connect(url, ssl=context, proxy=None, open_timeout=60)
            sockets.append(socket)
            for each in sockets:
                each.send('{"op":"ping"}')
                assert '"op":"pong"' in each.recv(60)
            print(socket.socket.version(), socket.socket.selected_alpn_protocol(), flush=True)
        """

    /// Who is there goes on with the old one, who comes sees the new one, and none of them is let down.
    @Test func aNewCertificateIsShownToNewClientsWithoutARestart() async throws {
        let log = CollectedLog()
        try await withNode(log) { node, files in
            let others = try TestCertificateFiles()
            let old = try TestCertificateFiles()
            defer {
                others.remove()
                old.remove()
            }
            try copy(files.certificate, to: old.certificate)
            let (child, said) = try TestPython.start(Self.client, ["wss://localhost:\(node.port)/ws"])
            child.write("\(old.certificate)\n")
            _ = await said.elements(atLeast: 1)
            // One after the other, as those who renew them do.
            try copy(others.certificate, to: files.certificate)
            try copy(others.key, to: files.key)
            _ = await log.line("the certificate has changed and was read anew")
            child.write("\(others.certificate)\n")
            _ = await said.elements(atLeast: 2)
            // A broken one changes nothing.
            try Data("nonsense".utf8).write(to: URL(filePath: files.key), options: .atomic)
            _ = await log.line("TLS_KEY_FILE = \(files.key): it ")
            child.write("\(others.certificate)\n")
            let answers = await said.elements(atLeast: 3)
            #expect(answers == [String](repeating: "TLSv1.3 http/1.1", count: 3))
            #expect(node.clients == 3)
            child.closeInput()
        }
    }

    private func copy(_ file: String, to other: String) throws {
        try Data(contentsOf: URL(filePath: file)).write(to: URL(filePath: other), options: .atomic)
    }
}
