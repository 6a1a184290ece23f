/// Frames as a server writes them.
enum ServerFrames {
    static func frame(_ first: UInt8, length: Int) -> [UInt8] {
        var header: [UInt8] = [first]
        if length < 126 {
            header.append(UInt8(length))
        } else if length <= 0xFFFF {
            header += [126, UInt8(length >> 8), UInt8(length & 0xFF)]
        } else {
            header += [127] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) }
        }
        return header + [UInt8](repeating: 0x78, count: length)
    }
}
