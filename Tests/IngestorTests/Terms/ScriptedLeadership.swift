import Shared
import Synchronization

/// A term that the test ends.
final class ScriptedTerm: LeaderTerm {
    let epoch: UInt64
    private let held = Atomic(true)
    private let resignations = Atomic(0)
    private let (endings, ending) = AsyncStream.makeStream(of: String.self)

    init(epoch: UInt64) {
        self.epoch = epoch
    }

    var isHeld: Bool { held.load(ordering: .sequentiallyConsistent) }
    var isResigned: Bool { resignations.load(ordering: .sequentiallyConsistent) > 0 }

    /// As after a pause of the process: it is not yet noticed that the term is over.
    func expire() { held.store(false, ordering: .sequentiallyConsistent) }

    func end(_ reason: String) {
        expire()
        ending.yield(reason)
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

    func grant(epoch: UInt64) -> ScriptedTerm {
        let term = ScriptedTerm(epoch: epoch)
        grants.yield(term)
        return term
    }

    func acquire() async throws -> any LeaderTerm {
        for await term in terms { return term }
        throw CancellationError()
    }
}
