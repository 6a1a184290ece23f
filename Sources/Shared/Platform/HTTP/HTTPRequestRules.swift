import NIOHTTP1

/// What HTTP asks of every request, whatever it is for, as far as the decoder does not see to it. Pure.
enum HTTPRequestRules {
    /// What a request is refused with; nil where it may pass.
    ///
    /// - Parameter bodyLimit: The bytes that its body may have.
    static func refusal(of head: HTTPRequestHead, bodyLimit: Int) -> HTTPReply? {
        let hosts = head.headers["host"]
        // RFC 9112, 3.2: each of these is 400, also where the target names the server itself.
        if hosts.count > 1 || hosts.isEmpty && head.version != .http1_0 { return badHost("send one Host header") }
        if let host = hosts.first, !isHost(host) { return badHost("it must be a host and perhaps a port") }
        // RFC 9112, 6.1: nobody can tell where such a request ends.
        if head.version == .http1_0, head.headers.contains(name: "transfer-encoding") {
            let reason = "HTTP/1.0 has none: send a Content-Length"
            return HTTPReply(.badRequest, error: "Bad Transfer-Encoding", reason: reason)
        }
        // RFC 9110, 10.1.1: HTTP/1.0 knows no expectations.
        let expectations = head.version == .http1_0 ? [] : head.headers[canonicalForm: "expect"]
        if expectations.contains(where: { $0.lowercased() != "100-continue" }) {
            let reason = "this server knows only 100-continue"
            return HTTPReply(.expectationFailed, error: "Unknown expectation", reason: reason)
        }
        if let length = head.headers.first(name: "content-length").flatMap(UInt64.init), length > bodyLimit {
            return .contentTooLarge(limit: bodyLimit)
        }
        return nil
    }

    private static func badHost(_ reason: String) -> HTTPReply {
        HTTPReply(.badRequest, error: "Bad Host", reason: reason)
    }

    /// `uri-host [ ":" port ]` of RFC 3986; it may be empty.
    private static func isHost(_ text: String) -> Bool {
        let text = text.trimmingBlanks()
        let name: Substring
        let rest: Substring
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { return false }
            name = text[text.index(after: text.startIndex)..<end]
            rest = text[text.index(after: end)...]
            guard !name.isEmpty, name.utf8.allSatisfy({ isLiteral($0) }) else { return false }
        } else {
            let end = text.firstIndex(of: ":") ?? text.endIndex
            (name, rest) = (text[..<end], text[end...])
            guard name.utf8.allSatisfy({ isName($0) }) else { return false }
        }
        guard !rest.isEmpty else { return true }
        return rest.first == ":" && rest.dropFirst().utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        default: "-._~%!$&'()*+,;=".utf8.contains(byte)
        }
    }

    private static func isLiteral(_ byte: UInt8) -> Bool { isName(byte) || byte == UInt8(ascii: ":") }
}

extension String {
    /// White space around a value is no part of it.
    fileprivate func trimmingBlanks() -> Substring {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        var text = self[...].drop(while: isBlank)
        while let last = text.last, isBlank(last) { text.removeLast() }
        return text
    }
}
