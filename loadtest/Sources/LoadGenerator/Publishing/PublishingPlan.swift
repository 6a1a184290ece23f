/// When which publication is to be made: an open loop, whose moments don't depend on how long anything takes. Pure.
struct PublishingPlan: Sendable, Equatable {
    /// Per second.
    let rate: Double
    /// Publications that are planned for one moment.
    let burst: Int
    let start: Int64
    let end: Int64

    /// Of publication `number`, from 0.
    func moment(of number: Int) -> Int64 {
        start + Int64((Double(number / burst) * Double(burst) * 1e9 / rate).rounded())
    }

    /// The moments from publication `number` on that have come by `now`, at most `limit` of them.
    func due(from number: Int, by now: Int64, limit: Int) -> [Int64] {
        var moments: [Int64] = []
        while moments.count < limit {
            let moment = moment(of: number + moments.count)
            guard moment <= now, moment < end else { break }
            moments.append(moment)
        }
        return moments
    }
}
