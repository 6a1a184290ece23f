import Synchronization

/// What this process knows of the exchange's instruments, by which the catalog refuses what does not exist.
///
/// Who hears of a list hands it in (`hear`), and who can ask for one takes the `questions`. A symbol that is not in the list is
/// asked for first: then all that name unknown symbols wait for the same answer, for `patience` at most, and for `freshness`
/// from then on nobody asks again. While no list has ever been had nothing is refused, and neither is it once the last is older
/// than `trust`: the exchange has to be asked itself, as far as the bound on streams that nobody has heard allows it.
///
/// Any thread. Holds one list, and at most one question.
package final class Instruments: Sendable {
    package typealias Instant = ContinuousClock.Instant

    /// So old at most a list is believed of what it does not have, without another question.
    package static let freshness: Duration = .seconds(10)
    /// The leader asks every five minutes. It can't for so long: its list says nothing of what has been listed since.
    package static let trust: Duration = .seconds(3600)

    private struct State {
        var list: InstrumentList?
        /// When the exchange was asked for it, about.
        var asOf: Instant
        /// When it was asked about last, here.
        var askedAt: Instant?
        var question: Question?
    }

    /// What those wait for who name unknown symbols.
    private struct Question {
        var answered: AsyncStream<Void>.Continuation
        var waiting: Task<Void, Never>
    }

    /// One for each time that a fresh list is wanted. For one reader.
    package let questions: AsyncStream<Void>
    private let ask: AsyncStream<Void>.Continuation
    private let state: Mutex<State>
    private let patience: Duration
    private let clock: @Sendable () -> Instant

    /// - Parameter patience: How long a question is waited for: the exchange is some tenths of a second away.
    package init(patience: Duration = .seconds(3), clock: @escaping @Sendable () -> Instant = { .now }) {
        (questions, ask) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        state = Mutex(State(asOf: clock()))
        self.patience = patience
        self.clock = clock
    }

    package var list: InstrumentList? { state.withLock { $0.list } }

    /// The exchange's symbols, also where they are those that are known already: it answers a question.
    ///
    /// - Parameter age: For how long the list has been known where it comes from.
    package func hear(_ list: InstrumentList, age: Duration = .zero) {
        let asOf = clock() - age
        state.withLock { state in
            state.list = list
            state.asOf = asOf
            state.question.take()?.answered.finish()
        }
    }

    /// Why there is no such symbol; nil where there is, or may be. Returns at once, unless it has to be asked for.
    package func absence(of symbol: String) async -> StreamAbsence? {
        if let question = question(about: symbol) { await question.value }
        let found = state.withLock { state -> (list: InstrumentList, lifetime: Duration)? in
            guard let list = unlisting(symbol, state) else { return nil }
            return (list, max(.zero, Self.freshness - quiet(state)))
        }
        guard let (list, lifetime) = found else { return nil }
        return StreamAbsence(reason: Self.words(symbol, nearest: list.nearest(to: symbol)), lifetime: lifetime)
    }

    private static func words(_ symbol: String, nearest: [String]) -> String {
        let words = "Unknown symbol: \(symbol). The exchange has no such instrument"
        return nearest.isEmpty ? words : words + "; the nearest are \(nearest.joined(separator: ", "))"
    }

    /// The list that does not have it, where that is believed.
    private func unlisting(_ symbol: String, _ state: State) -> InstrumentList? {
        guard let list = state.list, !list.contains(symbol), clock() - state.asOf <= Self.trust else { return nil }
        return list
    }

    /// How long ago the exchange was asked, or should have been.
    private func quiet(_ state: State) -> Duration { clock() - max(state.asOf, state.askedAt ?? state.asOf) }

    /// What has to be waited for before anything is said of `symbol`.
    private func question(about symbol: String) -> Task<Void, Never>? {
        state.withLock { state in
            if unlisting(symbol, state) == nil { return nil }
            if let question = state.question { return question.waiting }
            guard quiet(state) > Self.freshness else { return nil }
            let (answer, answered) = AsyncStream<Void>.makeStream()
            let waiting = Task { await wait(for: answer) }
            state.askedAt = clock()
            state.question = Question(answered: answered, waiting: waiting)
            ask.yield()
            return waiting
        }
    }

    private func wait(for answer: AsyncStream<Void>) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in answer {} }
            group.addTask { [patience] in try? await Task.sleep(for: patience) }
            await group.next()
            group.cancelAll()
        }
        state.withLock { $0.question = nil }
    }
}
