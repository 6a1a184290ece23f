import NIOCore
import Platform

/// Version 2: 16 bytes, addresses, and what else the proxy has to say, which is passed over. Pure.
enum ProxyHeaderV2 {
    static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]
    private static let fixedLength = 16
    /// Of what follows the first 16 bytes. The protocol has a server take 216 at least; what proxies add to that is short.
    static let maximumRest = 1024
    static let maximumLength = fixedLength + maximumRest

    static func read(from bytes: inout ByteBuffer) throws(ProxyHeader.Fault) -> ProxyHeader? {
        let start = bytes.readerIndex
        guard let command: UInt8 = bytes.getInteger(at: start + signature.count) else { return nil }
        guard command >> 4 == 2, command & 15 <= 1 else { throw .malformed("neither LOCAL nor PROXY of version 2") }
        guard let family: UInt8 = bytes.getInteger(at: start + signature.count + 1),
            let rest: UInt16 = bytes.getInteger(at: start + signature.count + 2)
        else { return nil }
        guard rest <= maximumRest else { throw .malformed("it says that it is longer than \(maximumLength) bytes") }
        guard bytes.readableBytes >= fixedLength + Int(rest) else { return nil }
        bytes.moveReaderIndex(forwardBy: fixedLength)
        guard var addresses = bytes.readSlice(length: Int(rest)) else { return nil }
        // The proxy itself has opened the connection.
        if command & 15 == 0 { return ProxyHeader() }
        return ProxyHeader(source: try source(family, &addresses))
    }

    private static func source(_ family: UInt8, _ bytes: inout ByteBuffer) throws(ProxyHeader.Fault) -> IPAddress? {
        switch family {
        // A protocol that it does not say; a Unix socket.
        case 0x00, 0x31: return nil
        case 0x11:
            guard bytes.readableBytes >= 12, let bits: UInt32 = bytes.readInteger() else { break }
            return .v4(bits)
        case 0x21:
            guard bytes.readableBytes >= 36,
                let high: UInt64 = bytes.readInteger(), let low: UInt64 = bytes.readInteger()
            else { break }
            return IPAddress(v6: UInt128(high) << 64 | UInt128(low))
        default: throw .malformed("it is for neither TCP over IPv4 nor TCP over IPv6")
        }
        throw .malformed("it is shorter than its addresses")
    }
}
