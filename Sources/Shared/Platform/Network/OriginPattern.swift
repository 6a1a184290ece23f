/// One or many origins of pages (RFC 6454): `https://app.example.com`, `https://*.example.com:8443`. A value.
///
/// Scheme and port are exactly these; a port that is left out is the scheme's own. `*.` stands for one or more parts of a name
/// in front, and not for none. `null` is the origin of a page that has none, such as a file's.
package struct OriginPattern: Sendable, Hashable {
    private static let ownPorts = ["http": 80, "https": 443, "ws": 80, "wss": 443]

    private let scheme: String
    /// In lower case; where it is for many it begins with the dot.
    private let host: String
    private let isForMany: Bool
    private let port: Int?

    /// Nil where it is none.
    package init?(_ text: some StringProtocol) {
        self.init(text.lowercased()[...], isPattern: true)
    }

    private init?(_ text: Substring, isPattern: Bool) {
        if text == "null" {
            scheme = "null"
            host = ""
            isForMany = false
            port = nil
            return
        }
        guard let mark = text.firstRange(of: "://"), Self.isScheme(text[..<mark.lowerBound]) else { return nil }
        let scheme = String(text[..<mark.lowerBound])
        var authority = text[mark.upperBound...]
        isForMany = isPattern && authority.hasPrefix("*.")
        if isForMany { authority.removeFirst() }
        // Without the dot, behind which the name begins that they have in common.
        let named = isForMany ? authority.dropFirst() : authority
        guard let address = try? ServerAddress(named), address.host.utf8.allSatisfy(Self.isHost),
            !address.host.hasPrefix("."), !address.host.hasSuffix("."), !(isForMany && address.isIPAddress)
        else { return nil }
        self.scheme = scheme
        host = (isForMany ? "." : "") + address.host
        port = address.port ?? Self.ownPorts[scheme]
    }

    /// - Parameter origin: What a browser says.
    package func matches(_ origin: OriginPattern) -> Bool {
        guard scheme == origin.scheme, port == origin.port else { return false }
        return isForMany ? origin.host.hasSuffix(host) && origin.host.utf8.count > host.utf8.count : host == origin.host
    }

    /// What a browser says of a page; nil where it is nothing that one says.
    static func origin(_ text: some StringProtocol) -> OriginPattern? {
        OriginPattern(text.lowercased()[...], isPattern: false)
    }

    private static func isScheme(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, (0x61...0x7A).contains(first) else { return false }
        return text.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || "+-.".utf8.contains($0)
        }
    }

    /// A browser spells all others with these.
    private static func isHost(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || "-._:".utf8.contains(byte)
    }
}

extension OriginPattern: CustomStringConvertible {
    package var description: String {
        guard scheme != "null" else { return scheme }
        let name = isForMany ? "*\(host)" : host.contains(":") ? "[\(host)]" : host
        return "\(scheme)://\(name)" + (port.map { Self.ownPorts[scheme] == $0 ? "" : ":\($0)" } ?? "")
    }
}
