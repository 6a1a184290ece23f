import Core
import Stores

/// Whether what waits from an earlier term still follows on what the history holds, stream by stream.
///
/// At most `maximumReads` reads are under way at one time. A log that can't be read is read again while the term is held.
struct QueueCheck: Sendable {
    struct Outcome: Sendable, Hashable {
        /// What the history has of it already: the answer was lost.
        var kept: [StreamName: UInt64] = [:]
        /// Streams whose logs do not end where this process stood.
        var conflicts: [StreamName: StreamConflict] = [:]
    }

    static let maximumReads = 64
    private static let pause = Duration.milliseconds(50)

    let history: any History
    let term: any LeaderTerm
    /// The term under which this process led last. Nobody has led since.
    let earlier: UInt64

    /// Nil where the term is over before all is read.
    func check(_ waiting: [StreamName: PublishQueue.Numbers]) async -> Outcome? {
        await withTaskGroup(of: (StreamName, PublishQueue.Numbers, Verdict?).self) { group in
            var rest = waiting.sorted { $0.key.canonical < $1.key.canonical }[...]
            func readNext() {
                guard let (stream, numbers) = rest.popFirst() else { return }
                group.addTask { (stream, numbers, await verdict(on: stream, numbers)) }
            }
            for _ in 0..<Self.maximumReads { readNext() }
            var outcome = Outcome()
            while let (stream, numbers, verdict) = await group.next() {
                guard let verdict else { return nil }
                switch verdict {
                case .follows(let last): if last >= numbers.first { outcome.kept[stream] = last }
                case .conflict(let conflict): outcome.conflicts[stream] = conflict
                }
                readNext()
            }
            return outcome
        }
    }

    private enum Verdict: Sendable {
        case follows(last: UInt64)
        case conflict(StreamConflict)
    }

    private func verdict(on stream: StreamName, _ numbers: PublishQueue.Numbers) async -> Verdict? {
        while term.isHeld, !Task.isCancelled {
            do {
                let latest = try await history.read(stream, from: .max, limit: 0).latest
                return Self.judge(latest, numbers, earlier: earlier)
            } catch let error as HistoryError {
                return .conflict(.unusable("\(error)"))
            } catch {
                try? await Task.sleep(for: Self.pause)
            }
        }
        return nil
    }

    private static func judge(_ latest: Position?, _ numbers: PublishQueue.Numbers, earlier: UInt64) -> Verdict {
        let last = latest?.sequence ?? 0
        let isOurs = latest.map { (1...earlier).contains($0.epoch) } ?? true
        guard isOurs, last + 1 >= numbers.first, last <= numbers.last else { return .conflict(.written(last: last)) }
        return .follows(last: last)
    }
}
