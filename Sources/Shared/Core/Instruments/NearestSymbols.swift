/// Which symbols are near those that do not exist: what was looked for in one list is remembered. Pure.
///
/// Bounded by `maximumCount` names; beyond that all are forgotten. Whoever invents a new name each time makes a node compare it
/// with the whole list, so there are `comparisonsPerSecond`: who comes when they are used up is told no neighbours.
struct NearestSymbols {
    typealias Instant = ContinuousClock.Instant

    static let maximumCount = 4096
    /// Of one name with one symbol, at a third of a microsecond: a twelfth of a core. Of 650 symbols some 380 names in a second.
    static let comparisonsPerSecond = 250_000

    enum Answer: Hashable {
        case known([String])
        /// To be looked for, and then remembered.
        case unknown
        case tooMany
    }

    private var found: [String: [String]] = [:]
    private var second: Instant?
    private var spent = 0

    var count: Int { found.count }

    mutating func answer(for symbol: String, in list: InstrumentList, at now: Instant) -> Answer {
        if let names = found[symbol] { return .known(names) }
        if second.map({ now - $0 >= .seconds(1) }) ?? true {
            second = now
            spent = 0
        }
        guard spent < Self.comparisonsPerSecond else { return .tooMany }
        spent += list.symbols.count
        return .unknown
    }

    mutating func remember(_ names: [String], for symbol: String) {
        if found.count >= Self.maximumCount { found.removeAll(keepingCapacity: true) }
        found[symbol] = names
    }

    /// There is another list.
    mutating func forget() { found = [:] }
}
