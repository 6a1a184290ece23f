import NIOCore
import Platform

/// Version 1: one line of text, `PROXY TCP4 192.0.2.1 198.51.100.1 56324 443`. Pure.
enum ProxyHeaderV1 {
    static let signature = Array("PROXY ".utf8)
    /// With the end of the line, by the protocol.
    static let maximumLength = 107

    static func read(from bytes: inout ByteBuffer) throws(ProxyHeader.Fault) -> ProxyHeader? {
        let begun = bytes.readableBytesView.prefix(maximumLength)
        guard let end = begun.firstIndex(of: UInt8(ascii: "\n")) else {
            guard begun.count < maximumLength else { throw .malformed("its line is longer than 107 bytes") }
            return nil
        }
        let length = end + 1 - begun.startIndex
        guard let line = bytes.readString(length: length), line.hasSuffix("\r\n") else {
            throw .malformed("its line does not end with CR and LF")
        }
        return ProxyHeader(source: try source(line.utf8.dropLast(2)))
    }

    private static func source(_ line: Substring.UTF8View) throws(ProxyHeader.Fault) -> IPAddress? {
        let words = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false).map { Substring($0) }
        // What stands behind it is not to be looked at.
        if words[1] == "UNKNOWN" { return nil }
        guard words[1] == "TCP4" || words[1] == "TCP6" else { throw .malformed("it is for neither TCP4 nor TCP6") }
        guard words.count == 6 else { throw .malformed("it has not two addresses and two ports") }
        guard words[4...5].allSatisfy(isPort) else { throw .malformed("a port is none") }
        let addresses = words[2...3].compactMap { word -> IPAddress? in
            word.contains(":") == (words[1] == "TCP6") ? IPAddress(word) : nil
        }
        guard addresses.count == 2 else { throw .malformed("an address is none of \(words[1])") }
        return addresses[0]
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } && (text == "0" || text.first != "0") && UInt16(text) != nil
    }
}
