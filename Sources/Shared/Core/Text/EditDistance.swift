/// The Levenshtein distance from one name to many others, for bytes.
///
/// One bit of a word stands for each byte of the name, so a candidate costs some twenty instructions for each of its bytes and
/// allocates nothing (Myers 1999, in the form of Hyyrö 2003): the bits say where, down one column of the table of distances,
/// the next is higher or lower by one. A value; 2 KB.
struct EditDistance {
    /// The bits of a word. No symbol is longer.
    static let maximumLength = 64

    private let length: Int
    /// For each byte that there is, where in the name it stands.
    private var places = [UInt64](repeating: 0, count: 256)

    /// Nil for no name at all and for one that is too long.
    init?(from name: String.UTF8View) {
        length = name.count
        guard (1...Self.maximumLength).contains(length) else { return nil }
        var bit: UInt64 = 1
        for byte in name {
            places[Int(byte)] |= bit
            bit <<= 1
        }
    }

    /// Nil where it is more than `bound`; then that is said as early as it is known.
    func distance(to other: String.UTF8View, atMost bound: Int) -> Int? {
        var left = other.count
        guard abs(left - length) <= bound else { return nil }
        let last: UInt64 = 1 << UInt64(length - 1)
        var rises = UInt64.max
        var falls: UInt64 = 0
        var distance = length
        for byte in other {
            let same = places[Int(byte)]
            let across = ((same & rises) &+ rises) ^ rises | same
            var rose = falls | ~(across | rises)
            var fell = rises & across
            if rose & last != 0 { distance += 1 } else if fell & last != 0 { distance -= 1 }
            left -= 1
            // Each byte that is left makes it smaller by one at most.
            if distance - left > bound { return nil }
            rose = rose << 1 | 1
            fell <<= 1
            let vertical = same | falls
            rises = fell | ~(vertical | rose)
            falls = rose & vertical
        }
        return distance <= bound ? distance : nil
    }
}
