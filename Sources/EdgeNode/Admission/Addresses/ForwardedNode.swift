import Platform

/// One whom a proxy was asked by, as it writes it down. Pure.
enum ForwardedNode {
    /// Of an element of `X-Forwarded-For`, or what `for` says: an address, which may have a port, and then one of IPv6 is in
    /// brackets. Nil for what is no address: `unknown`, a name that hides one (RFC 7239, 6.3), anything else.
    static func address(of text: Substring) -> IPAddress? {
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { return nil }
            let (host, port) = (text[..<end].dropFirst(), text[end...].dropFirst())
            guard host.contains(":"), port.isEmpty || isPort(port) else { return nil }
            return IPAddress(host)
        }
        guard let colon = text.firstIndex(of: ":"), colon == text.lastIndex(of: ":") else { return IPAddress(text) }
        return isPort(text[colon...]) ? IPAddress(text[..<colon]) : nil
    }

    /// Of an element of `Forwarded` (RFC 7239, 4); nil also where it says so twice, or not at all.
    static func address(inElement element: Substring) -> IPAddress? {
        var found: Substring?
        var rest: Substring? = element
        while let pairs = rest {
            let (pair, before) = ListFromTheEnd.cut(pairs, at: UInt8(ascii: ";"))
            rest = before
            guard let equals = pair.firstIndex(of: "="),
                ListFromTheEnd.trim(pair[..<equals]).lowercased() == "for"
            else { continue }
            guard found == nil else { return nil }
            found = ListFromTheEnd.trim(pair[equals...].dropFirst())
        }
        guard let found else { return nil }
        let isQuoted = found.count >= 2 && found.first == "\"" && found.last == "\""
        return address(of: isQuoted ? found.dropFirst().dropLast() : found)
    }

    /// With its colon: digits, or a name that hides them.
    private static func isPort(_ text: Substring) -> Bool {
        let port = text.dropFirst().utf8
        guard text.first == ":", let first = port.first else { return false }
        return first == UInt8(ascii: "_") || port.count <= 5 && port.allSatisfy { (0x30...0x39).contains($0) }
    }
}
