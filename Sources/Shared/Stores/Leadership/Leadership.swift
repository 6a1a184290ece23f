/// Decides which of several ingestors publishes.
package protocol Leadership: Sendable {
    /// Waits until this process leads. Tries for as long as it takes; throws `CancellationError` only.
    ///
    /// - Parameter standingBy: Called whenever another is found to lead.
    func acquire(standingBy: @Sendable () async -> Void) async throws -> any LeaderTerm

    /// Why this process could not lead now, in words; nil where it leads, or would if no other did. May be asked from any
    /// thread.
    var problem: String? { get }
}

extension Leadership {
    package var problem: String? { nil }

    package func acquire() async throws -> any LeaderTerm { try await acquire(standingBy: {}) }
}

/// One time in which this process leads, from `acquire` until it is lost or resigned.
package protocol LeaderTerm: Sendable {
    /// Higher than that of any term before, of any process: the epoch of what is published in this term.
    var epoch: UInt64 { get }

    /// The term that was given before this one, to whomever; nil where nobody knows.
    var previous: UInt64? { get }

    /// The term is over, and nobody else is known to lead: this process may well lead next.
    var isVacant: Bool { get }

    /// False from the moment when another may lead: by this machine's monotonic clock, which also runs while the process
    /// is stopped. To be asked right before each publish; costs no round trip.
    var isHeld: Bool { get }

    /// Returns when the term is over, with the reason in words.
    func ended() async -> String

    /// Gives the lease up at once, so that a standby need not wait for its end.
    func resign() async
}

extension LeaderTerm {
    package var previous: UInt64? { nil }
    package var isVacant: Bool { false }
}

/// The leadership of a process that nobody competes with: one term without end.
package struct SoleLeadership: Leadership {
    private let epoch: UInt64

    package init(epoch: UInt64) {
        self.epoch = epoch
    }

    package func acquire(standingBy: @Sendable () async -> Void) async throws -> any LeaderTerm { Term(epoch: epoch) }

    private struct Term: LeaderTerm {
        let epoch: UInt64
        var isHeld: Bool { true }

        func ended() async -> String {
            // Until cancelled: a stream that nobody writes to.
            for await _ in AsyncStream<Never>.makeStream().stream {}
            return "cancelled"
        }

        func resign() async {}
    }
}
