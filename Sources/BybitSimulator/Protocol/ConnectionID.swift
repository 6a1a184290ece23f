/// Connection names in the exchange's shape, `da7tpgurt1e5jtsdk7hg-aofmp`: an xid (time, then random) and a suffix.
enum ConnectionID {
    private static let xidAlphabet = Array("0123456789abcdefghijklmnopqrstuv")
    private static let suffixAlphabet = Array("0123456789abcdefghijklmnopqrstuvwxyz")

    static func make(seconds: Int64, using generator: inout SplitMix64) -> String {
        // 32 bits of time and 64 random ones; the exchange's 12 bytes end in four bits of padding, as these do.
        var bits = UInt64(truncatingIfNeeded: seconds) << 32 | generator.next() >> 32
        var name = ""
        for index in 0..<19 {
            if index == 12 { bits = generator.next() }
            name.append(xidAlphabet[Int(bits >> 59)])
            bits <<= 5
        }
        name.append(xidAlphabet[Int(generator.next() & 1) << 4])
        name.append("-")
        for _ in 0..<5 {
            name.append(suffixAlphabet[generator.below(suffixAlphabet.count)])
        }
        return name
    }
}
