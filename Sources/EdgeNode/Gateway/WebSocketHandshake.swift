import Crypto
import FoundationEssentials
import NIOHTTP1
import Platform

/// The opening handshake of RFC 6455 (section 4.2), as a decision about one request head. Pure.
enum WebSocketHandshake {
    enum Decision: Equatable {
        case accept(HTTPHeaders)
        case refuse(HTTPReply)
    }

    /// Whether the request wants to leave HTTP, whatever else is wrong with it. HTTP/1.0 has no upgrades (RFC 9110, 7.8).
    static func isUpgrade(_ head: HTTPRequestHead) -> Bool {
        head.version != .http1_0 && head.headers[canonicalForm: "upgrade"].contains { $0.lowercased() == "websocket" }
    }

    static func decide(_ head: HTTPRequestHead) -> Decision {
        let connection = head.headers[canonicalForm: "connection"].map { $0.lowercased() }
        guard head.method == .GET, isUpgrade(head), connection.contains("upgrade") else {
            return .refuse(
                HTTPReply(
                    .badRequest,
                    error: "Not a WebSocket request",
                    reason: "send an HTTP/1.1 GET with Upgrade: websocket and Connection: Upgrade"
                )
            )
        }
        guard head.headers[canonicalForm: "sec-websocket-version"].first == "13" else {
            return .refuse(
                HTTPReply(
                    .upgradeRequired,
                    error: "Unsupported WebSocket version",
                    reason: "this server speaks version 13",
                    headers: [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13")]
                )
            )
        }
        // Section 4.2.1 asks for exactly one, as HTTP/1.1 does of every request.
        guard head.headers["host"].count == 1 else {
            return .refuse(HTTPReply(.badRequest, error: "Bad Host", reason: "send one Host header"))
        }
        // The canonical form is without the white space around it, which is no part of a value.
        let keys = head.headers[canonicalForm: "sec-websocket-key"].map(String.init)
        guard keys.count == 1, Data(base64Encoded: keys[0])?.count == 16 else {
            let reason = "it must be 16 bytes in base64"
            return .refuse(HTTPReply(.badRequest, error: "Bad Sec-WebSocket-Key", reason: reason))
        }
        return .accept([
            "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": acceptance(of: keys[0]),
        ])
    }

    /// Section 4.2.2, 5.4: proof that the server has read the key.
    static func acceptance(of key: String) -> String {
        let digest = Insecure.SHA1.hash(data: Data((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))
        return Data(digest).base64EncodedString()
    }
}
