import Synchronization

/// What this process knows of the exchange's instruments, by which the catalog refuses what does not exist.
///
/// Who hears of a list hands it in (`hear`), and who can ask for one takes the `questions`. A symbol is refused only by a list
/// that the exchange gave in the last ten seconds (`freshness`), or about when it was asked for this symbol. Where the list is
/// older a fresh one is asked for first: all that name unknown symbols wait for the same answer, for `patience` at most. Where
/// none comes, and while no list has ever been had, nothing is refused: the exchange has to be asked itself, as far as the
/// bound on streams that nobody has heard allows it; and for `freshness` from the question on nobody asks again.
///
/// Any thread. Holds one list, at most one question, and what `NearestSymbols` bounds.
package final class Instruments: Sendable {
    package typealias Instant = ContinuousClock.Instant

    /// So old at most a list may be to refuse what it does not have; the leader, too, asks no more often.
    package static let freshness: Duration = .seconds(10)

    private struct State {
        var list: InstrumentList?
        /// When the exchange was asked for it, about.
        var asOf: Instant
        var question: Question?
        /// When the last question was put, while nobody has answered it.
        var unansweredSince: Instant?
        var nearest = NearestSymbols()
        var questionCount = 0
    }

    /// What those wait for who name unknown symbols.
    private struct Question {
        var number: Int
        var askedAt: Instant
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

    /// The exchange's symbols, also where they are those that are known already: they may answer a question.
    ///
    /// One that is older than what is had is a late one, and ignored. It answers a question only where the exchange was asked
    /// about then: a node that has missed a list is sent one of minutes ago, which all others hear.
    ///
    /// - Parameters:
    ///   - age: For how long the list has been known where it comes from.
    ///   - isCurrent: The leader says that this is the list to have.
    package func hear(_ list: InstrumentList, age: Duration = .zero, isCurrent: Bool = false) {
        let asOf = clock() - age
        state.withLock { state in
            if let present = state.list, present.checksum == list.checksum {
                state.asOf = max(state.asOf, asOf)
            } else {
                guard state.list == nil || asOf >= state.asOf || isCurrent else { return }
                state.list = list
                state.asOf = asOf
                state.nearest.forget()
            }
            guard let asked = state.unansweredSince, Self.isFresh(state, at: asked) else { return }
            state.unansweredSince = nil
            state.question.take()?.answered.finish()
        }
    }

    /// Why there is no such symbol; nil where there is, or may be. Returns at once, unless it has to be asked for.
    package func absence(of symbol: String) async -> StreamAbsence? {
        let now = clock()
        let question = question(about: symbol, at: now)
        await question?.waiting.value
        return refusal(of: symbol, at: question?.askedAt ?? now)
    }

    private func refusal(of symbol: String, at time: Instant) -> StreamAbsence? {
        let now = clock()
        let found = state.withLock {
            state -> (list: InstrumentList, lifetime: Duration, nearest: NearestSymbols.Answer)? in
            guard let list = state.list, !list.contains(symbol), Self.isFresh(state, at: time) else { return nil }
            let lifetime = max(.zero, Self.freshness - (now - state.asOf))
            return (list, lifetime, state.nearest.answer(for: symbol, in: list, at: now))
        }
        guard let (list, lifetime, answer) = found else { return nil }
        let names =
            switch answer {
            case .known(let names): names
            case .tooMany: [] as [String]
            case .unknown: nearest(to: symbol, in: list)
            }
        return StreamAbsence(reason: Self.words(symbol, nearest: names), lifetime: lifetime)
    }

    /// Outside the lock: it takes a while.
    private func nearest(to symbol: String, in list: InstrumentList) -> [String] {
        let names = list.nearest(to: symbol)
        state.withLock { state in
            if state.list?.checksum == list.checksum { state.nearest.remember(names, for: symbol) }
        }
        return names
    }

    private static func words(_ symbol: String, nearest: [String]) -> String {
        let words = "Unknown symbol: \(symbol). The exchange has no such instrument"
        return nearest.isEmpty ? words : words + "; the nearest are \(nearest.joined(separator: ", "))"
    }

    /// Whether the list says what the exchange had at that time, about.
    private static func isFresh(_ state: State, at time: Instant) -> Bool { time - state.asOf <= freshness }

    /// What has to be waited for before anything is said of `symbol`.
    private func question(about symbol: String, at now: Instant) -> Question? {
        state.withLock { state in
            guard let list = state.list, !list.contains(symbol), !Self.isFresh(state, at: now) else { return nil }
            if let question = state.question { return question }
            guard state.unansweredSince.map({ now - $0 > Self.freshness }) ?? true else { return nil }
            let (answer, answered) = AsyncStream<Void>.makeStream()
            state.questionCount += 1
            let number = state.questionCount
            let waiting = Task { await wait(for: answer, to: number) }
            let question = Question(number: number, askedAt: now, answered: answered, waiting: waiting)
            state.question = question
            state.unansweredSince = now
            ask.yield()
            return question
        }
    }

    private func wait(for answer: AsyncStream<Void>, to number: Int) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in answer {} }
            group.addTask { [patience] in try? await Task.sleep(for: patience) }
            await group.next()
            group.cancelAll()
        }
        // By now there may be another.
        state.withLock { if $0.question?.number == number { $0.question = nil } }
    }
}
