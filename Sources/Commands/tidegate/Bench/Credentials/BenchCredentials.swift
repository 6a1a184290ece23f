import EdgeNode
import Foundation
import NIOCore

/// What each client of a measurement shows, and what a node has to know of it. A file of that lies in a folder of its own,
/// until `remove`.
struct BenchCredentials {
    /// Clients share them, as those of one program do.
    private static let apiKeys = 100

    /// The settings by which a node knows who may come in.
    let environment: [String: String]
    /// The request for a WebSocket of each client.
    let requests: [ByteBuffer]
    private let folder: URL?

    init(_ credential: BenchCredential, clients: Int) throws {
        if let key = BenchSigningKey(credential) {
            let issuer = BenchIssuer(key)
            requests = try (0..<clients).map { index in
                let token = try issuer.token(ofClient: index)
                return Self.request("Authorization: Bearer \(token)\r\n")
            }
            let (folder, path) = try Self.write(issuer.keySet, "jwks.json")
            (self.folder, environment) = (folder, ["JWKS_FILE": path])
        } else if credential == .apiKey {
            let keys = (0..<Self.apiKeys).map { _ in NewAPIKey() }
            requests = (0..<clients).map { Self.request("X-API-Key: \(keys[$0 % keys.count].text)\r\n") }
            let entries = keys.enumerated().map { "  - {id: bench-\($0), sha256: \"\($1.digest)\"}\n" }
            let (folder, path) = try Self.write("version: 1\nkeys:\n" + entries.joined(), "document.yaml")
            (self.folder, environment) = (folder, ["TIDEGATE_DOCUMENT": path])
        } else {
            requests = Array(repeating: Self.request(""), count: clients)
            (folder, environment) = (nil, [:])
        }
    }

    func remove() {
        guard let folder else { return }
        try? FileManager.default.removeItem(at: folder)
    }

    /// - Parameter header: Whole lines, or nothing.
    private static func request(_ header: String) -> ByteBuffer {
        ByteBuffer(
            string: "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\(header)\r\n"
        )
    }

    private static func write(_ text: String, _ name: String) throws -> (folder: URL, path: String) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tidegate-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appending(path: name)
        do {
            try text.write(to: file, atomically: false, encoding: .utf8)
        } catch {
            try? FileManager.default.removeItem(at: folder)
            throw error
        }
        return (folder, file.path)
    }
}
