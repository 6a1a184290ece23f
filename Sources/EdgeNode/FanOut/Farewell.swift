import HeapModule
import NIOCore

/// The goodbyes of a drain, or to some clients: who is told next to go, and who has had the time that it was given. Pure; it holds
/// those that it is made with, each until it is to be closed.
///
/// They are told in the order in which they came, so many at a time that those who are still there go on to be served in
/// between, and all within half of the window. Each is given a time of its own, at random up to the end of the window, and is
/// closed when that is over, no more at a time either: so they come to other nodes one by one and not as a herd.
struct Farewell<Client> {
    enum Action {
        /// It is wanted elsewhere in so long.
        case tell(Client, milliseconds: Int)
        /// Its time is over.
        case close(Client)
    }

    private struct Guest: Comparable {
        let due: NIODeadline
        let client: Client

        static func < (one: Self, other: Self) -> Bool { one.due < other.due }
        static func == (one: Self, other: Self) -> Bool { one.due == other.due }
    }

    private let pace: GoodbyePace
    /// When the last is to be closed.
    private let end: NIODeadline
    private var untold: [Client]
    private var told = Heap<Guest>()

    /// - Parameters:
    ///   - window: From `now` to when nobody may be left.
    ///   - closing: So long a client may take to answer its close; of a short window it is a quarter.
    init(to clients: [Client], window: TimeAmount, closing: TimeAmount, at now: NIODeadline) {
        pace = GoodbyePace(clients: clients.count, window: window)
        end = now + window - min(closing, .nanoseconds(window.nanoseconds / 4))
        // They are taken from the end.
        untold = clients.reversed()
    }

    /// What is due.
    mutating func actions(
        at now: NIODeadline,
        using generator: inout some RandomNumberGenerator
    ) -> [Action] {
        var actions: [Action] = []
        for _ in 0..<min(pace.share, untold.count) {
            let client = untold.removeLast()
            let left = max(end - now, .zero)
            // Where hardly any time is left they are closed earlier, and come back no less spread for it.
            let longest = max(left.nanoseconds / 1_000_000, GoodbyePace.shortestSpread)
            let wait = Int64.random(in: 0...longest, using: &generator)
            told.insert(Guest(due: now + min(.milliseconds(wait), left), client: client))
            actions.append(.tell(client, milliseconds: Int(wait)))
        }
        for _ in 0..<pace.share {
            guard let next = told.min, next.due <= now else { break }
            told.removeMin()
            actions.append(.close(next.client))
        }
        return actions
    }

    /// Whether there are some who were not told yet.
    var hasUntold: Bool { !untold.isEmpty }

    /// Who was not told yet stays.
    mutating func spareUntold() { untold = [] }

    /// When there is something to be done again; nil where nobody is left.
    func next(after now: NIODeadline) -> NIODeadline? {
        let soon = now + GoodbyePace.interval
        guard untold.isEmpty else { return soon }
        return told.min.map { max(soon, $0.due) }
    }
}
