/// How many connections users and keys have. Pure. Bound: an entry for each that has any.
struct HolderCounts {
    private var counts: [ConnectionClaim.Holder: Int] = [:]

    /// Those that have any.
    var holders: Int { counts.count }

    func count(of holder: ConnectionClaim.Holder) -> Int { counts[holder, default: 0] }

    /// The first whose holder has as many as it may have; nil where all may be taken.
    func full(_ claims: [ConnectionClaim]) -> ConnectionClaim? {
        claims.first { counts[$0.holder, default: 0] >= $0.limit }
    }

    mutating func take(_ claims: [ConnectionClaim]) {
        for claim in claims { counts[claim.holder, default: 0] += 1 }
    }

    mutating func give(_ holders: [ConnectionClaim.Holder]) {
        for holder in holders {
            guard let count = counts[holder] else { continue }
            counts[holder] = count > 1 ? count - 1 : nil
        }
    }
}
