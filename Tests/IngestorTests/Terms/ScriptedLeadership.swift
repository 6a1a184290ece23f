import Stores
import Synchronization

/// A term that the test ends.
final class ScriptedTerm: LeaderTerm {
    let epoch: UInt64
    let previous: UInt64?
    private let vacant = Atomic(false)
    private let held = Atomic(true)
    private let resignations = Atomic(0)
    private let (endings, ending) = AsyncStream.makeStream(of: String.self)

    init(epoch: UInt64, previous: UInt64? = nil) {
        self.epoch = epoch
        self.previous = previous
    }

    var isHeld: Bool { held.load(ordering: .sequentiallyConsistent) }
    var isVacant: Bool { vacant.load(ordering: .sequentiallyConsistent) }
    var isResigned: Bool { resignations.load(ordering: .sequentiallyConsistent) > 0 }

    /// As after a pause of the process: it is not yet noticed that the term is over.
    func expire() { held.store(false, ordering: .sequentiallyConsistent) }

    func end(_ reason: String) {
        expire()
        ending.yield(reason)
    }

    /// It could not be renewed, and nobody else leads.
    func lapse() {
        vacant.store(true, ordering: .sequentiallyConsistent)
        end("the test lets it lapse")
    }

    func ended() async -> String {
        for await reason in endings { return reason }
        return "cancelled"
    }

    func resign() async {
        expire()
        resignations.add(1, ordering: .sequentiallyConsistent)
    }
}

/// Gives the terms that the test grants, one after the other.
final class ScriptedLeadership: Leadership {
    private let (terms, grants) = AsyncStream.makeStream(of: ScriptedTerm.self)

    /// What is found to lead when it is asked for.
    private let others = Atomic(0)

    /// Another is found to lead, until the next grant.
    func leaveToAnother() { others.store(1, ordering: .sequentiallyConsistent) }

    func grant(epoch: UInt64, previous: UInt64? = nil) -> ScriptedTerm {
        let term = ScriptedTerm(epoch: epoch, previous: previous)
        grants.yield(term)
        return term
    }

    func acquire(standingBy: @Sendable () async -> Void) async throws -> any LeaderTerm {
        if others.exchange(0, ordering: .sequentiallyConsistent) > 0 { await standingBy() }
        for await term in terms { return term }
        throw CancellationError()
    }
}
